// Invoke runs the bootstrap of one function with one event, as Lambda would,
// without Docker and without a deployment. It prints the answer, the function's
// log, and what it took.
//
// The function's AWS is a MiniStack of its own, furnished with what the events of
// the folder events tell of. Where the environment has DAYBOOK_EVENTS_TABLE, it
// is what the environment says.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/daybook-es/daybook/internal/cloud"
	"github.com/daybook-es/daybook/internal/runtimeapi"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "invoke:", err)
		os.Exit(1)
	}
}

// patience is how long a function may take.
const patience = time.Minute

func run(ctx context.Context, args []string, out, log io.Writer) error {
	if runtime.GOOS != "linux" {
		return fmt.Errorf("a bootstrap is a program for Linux, and this is %s; `sam local invoke` runs it in a container", runtime.GOOS)
	}
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	name, event, err := read(root, args)
	if err != nil {
		return err
	}
	const folder = ".build/invoke"
	if err := build(ctx, root, folder, runtime.GOARCH, name); err != nil {
		return err
	}
	env := environment()
	if os.Getenv(cloud.EventsTable) == "" {
		var stop func()
		if env, stop, err = world(ctx, root); err != nil {
			return err
		}
		defer stop()
	}
	f, err := runtimeapi.Start(ctx, filepath.Join(root, folder, name), env, log)
	if err != nil {
		return fmt.Errorf("%w, before it asked for an event; its log says why", err)
	}
	defer f.Stop()
	answer, err := f.Invoke(ctx, event, patience)
	if err != nil {
		return err
	}
	peak, err := f.PeakMemory()
	if err != nil {
		return err
	}
	f.Stop() // and its log is whole
	fmt.Fprintf(out, "%s\n", answer.Payload)
	fmt.Fprintf(log, "%s: init %.1f ms, duration %.1f ms, peak memory %.1f MB\n", name, f.Init.Seconds()*1e3, answer.Took.Seconds()*1e3, float64(peak)/1e6)
	if answer.Failed {
		return errors.New("the function answered with an error")
	}
	return nil
}

// read returns what the arguments name: a function, and what is in the file of
// an event.
func read(root string, args []string) (name string, event []byte, err error) {
	all, err := functions(root)
	if err != nil {
		return "", nil, err
	}
	given := append(args, "", "")
	if name = given[0]; !slices.Contains(all, name) {
		return "", nil, fmt.Errorf("there is no function %q; say `make invoke F=queries E=events/queries-orders.json` with one of %s", name, strings.Join(all, ", "))
	}
	event, err = os.ReadFile(given[1])
	if err != nil {
		of, _ := samplesOf(root, name)
		return "", nil, fmt.Errorf("no event: %w; the samples for %s are:\n  %s", err, name, strings.ReplaceAll(strings.Join(of, "\n  "), root+"/", ""))
	}
	return name, event, nil
}

// samplesOf returns the files with events for a function, which its name begins.
func samplesOf(root, name string) ([]string, error) {
	return filepath.Glob(filepath.Join(root, "events", name+"-*.json"))
}

// environment is what the functions read of this program's.
func environment() (env []string) {
	for _, variable := range os.Environ() {
		if strings.HasPrefix(variable, "AWS_") || strings.HasPrefix(variable, "DAYBOOK_") {
			env = append(env, variable)
		}
	}
	return env
}
