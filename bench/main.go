// Bench measures Daybook against controls that do the bare work, in pairs, and
// writes docs/benchmarks.md. It starts Amazon's DynamoDB Local for itself.
//
// With the folder of bootstraps as its argument it measures their starts, and
// writes that section alone.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/daybook-es/daybook/internal/dynamolocal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, "docs/benchmarks.md", os.Args[1:]...); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, path string, bootstraps ...string) error {
	written, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	first, section, _ := strings.Cut(string(written), coldHeading)
	if len(bootstraps) > 0 {
		section, err = cold(ctx, bootstraps[0])
	} else {
		first, err = warm(ctx)
	}
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(first+coldHeading+section), 0o644)
}

// warm measures all but the starts of functions.
func warm(ctx context.Context) (string, error) {
	var all []figure
	for _, measure := range []func(context.Context) ([]figure, error){
		onDynamoDB(appends), onDynamoDB(loads), onDynamoDB(commands), onDynamoDB(units), onDynamoDB(happy), onDynamoDB(busy), onDynamoDB(projecting), embedded, sagas, pushed, starts,
	} {
		figures, err := measure(ctx)
		if err != nil {
			return "", err
		}
		all = append(all, figures...)
	}
	text := table(all)
	fmt.Print(text)
	return page(text), nil
}

// onDynamoDB gives a measurement a DynamoDB Local of its own: one that holds the
// data of others takes longer for each request, whoever makes it.
func onDynamoDB(measure func(context.Context, *dynamodb.Client) ([]figure, error)) func(context.Context) ([]figure, error) {
	return func(ctx context.Context) ([]figure, error) {
		endpoint, stop, err := dynamolocal.Start(ctx)
		if err != nil {
			return nil, err
		}
		defer stop()
		return measure(ctx, dynamolocal.Client(endpoint))
	}
}

func table(figures []figure) string {
	var b strings.Builder
	b.WriteString("| what | against | measured | quartiles | goal | |\n|---|---|---|---|---|---|\n")
	for _, f := range figures {
		mark := ""
		if f.goal != "" {
			mark = map[bool]string{true: "met", false: "**missed**"}[f.met]
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", f.what, f.control, f.value, f.spread, f.goal, mark)
	}
	return b.String()
}

func page(table string) string {
	return fmt.Sprintf(`# Benchmarks

Written by `+"`make bench`"+`. A ratio is the time of ours divided by that of the control (for rates: ours divided by the
control's), the median over pairs that were run in turn, ABBA; the quartiles say how noisy the machine was. DynamoDB is
Amazon's DynamoDB Local, in memory: use the ratios, never the absolute times.

Machine: %s, %d cores, %s, %s/%s.

%s`, cpu(), runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH, table)
}

// cpu names the processor, where the system tells.
func cpu() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "unnamed processor"
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if name, value, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unnamed processor"
}
