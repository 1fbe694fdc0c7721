package main

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/daybook-es/daybook/internal/runtimeapi"
)

// The controls of the functions: what every start costs, and the way to start
// that the SDK's documentation shows.
const (
	hello         = "hello"
	defaultConfig = "defaultconfig"
)

// coldHeading begins the section that cold writes.
const coldHeading = "\n## Cold starts\n"

// cold measures the bootstraps below a folder, the controls among them: how long
// each takes from its start until it asks for its first event, and its size.
func cold(ctx context.Context, folder string) (string, error) {
	found, err := filepath.Glob(filepath.Join(folder, "*", "bootstrap"))
	if err != nil {
		return "", err
	}
	var names []string
	for _, path := range found {
		if name := filepath.Base(filepath.Dir(path)); name != hello && name != defaultConfig {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	control, _, err := sizes(filepath.Join(folder, defaultConfig))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, `
Written by `+"`make bench-cold`"+`: from the start of each program until it asks Lambda's Runtime API for its first event, the
median of starts in turn with those of a Lambda that only says hello, ABBA; %s, %d cores, %s/%s. Sizes are compared with
those of a Lambda that loads its configuration by the SDK's default loader and knows DynamoDB alone.

`, cpu(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
	fmt.Fprintf(&b, "| function | exec → `/next` | ÷ hello | quartiles | goal ≤ %.2f× | binary | ÷ default loader | goal ≤ %.2f× | zipped |\n|---|---|---|---|---|---|---|---|---|\n", startGoal, sizeGoal)
	for _, name := range append(names, defaultConfig) {
		took, over, err := startOver(ctx, folder, name, hello)
		if err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		size, zipped, err := sizes(filepath.Join(folder, name))
		if err != nil {
			return "", err
		}
		of := float64(size) / float64(control)
		verdicts := [2]string{verdict(over.median <= startGoal), verdict(of <= sizeGoal)}
		if name == defaultConfig {
			name, verdicts = "*control: the SDK's default loader*", [2]string{}
		}
		fmt.Fprintf(&b, "| %s | %.1f ms | %s | %s | %s | %.2f MB | %.2f× | %s | %.2f MB |\n", name,
			took*1e3, over, over.spread(), verdicts[0], float64(size)/1e6, of, verdicts[1], float64(zipped)/1e6)
	}
	fmt.Print(b.String())
	return b.String(), nil
}

// What is aimed at; see docs/adr/0028.
const (
	startGoal = 1.3
	sizeGoal  = 0.85
)

func verdict(met bool) string {
	return map[bool]string{true: "met", false: "**missed**"}[met]
}

// startOver starts a function and its control in turn, ABBA, and returns the
// median of the function's times, in seconds, and its ratio to the control's.
func startOver(ctx context.Context, folder, name, control string) (median float64, over ratio, err error) {
	const rounds = 61
	var all, ratios []float64
	for round := range rounds + 1 {
		var took [2]time.Duration
		for i := range 2 {
			who := (i + round) % 2
			if took[who], err = start(ctx, filepath.Join(folder, []string{name, control}[who])); err != nil {
				return 0, ratio{}, err
			}
		}
		if round > 0 { // the first reads the binaries from the disk
			all, ratios = append(all, took[0].Seconds()), append(ratios, took[0].Seconds()/took[1].Seconds())
		}
		progress("start of "+name, round, rounds)
	}
	return quartiles(all).median, quartiles(ratios), nil
}

// start returns how long a bootstrap takes until it asks for its first event.
func start(ctx context.Context, folder string) (time.Duration, error) {
	f, err := runtimeapi.Start(ctx, folder, []string{
		"AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=daybook", "AWS_SECRET_ACCESS_KEY=daybook", "AWS_SESSION_TOKEN=daybook",
		"DAYBOOK_EVENTS_TABLE=events", "DAYBOOK_VIEWS_TABLE=views", "DAYBOOK_SANDBOX_TABLE=sandbox", "DAYBOOK_CONNECTIONS_TABLE=connections", "DAYBOOK_LIVE=wss://live.example/live", "DAYBOOK_BUS=bus",
		"DAYBOOK_MACHINE=arn:aws:states:us-east-1:000000000000:stateMachine:fulfilment", "DAYBOOK_PROJECTOR=projector", "DAYBOOK_PUBLISHER=publisher",
	}, os.Stderr)
	if err != nil {
		return 0, err
	}
	f.Stop()
	return f.Init, nil
}

// sizes returns that of a bootstrap, and of its zip.
func sizes(folder string) (size, zipped int, err error) {
	program, err := os.ReadFile(filepath.Join(folder, "bootstrap"))
	if err != nil {
		return 0, 0, fmt.Errorf("%w; `make bench-cold` builds it", err)
	}
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	w, err := z.Create("bootstrap")
	if err == nil {
		_, err = w.Write(program)
	}
	if err == nil {
		err = z.Close()
	}
	return len(program), archive.Len(), err
}
