// Withservers runs a command, such as go test, beside one DynamoDB Local, one
// MiniStack, one moto and one Chromium, and tells the command their addresses in
// its environment. All of them are started at the same time, and end with the
// command.
//
//	go run ./internal/withservers go test ./...
//
// A server whose variable is set already is not started, nor is one that is not
// installed. The exit code is the command's.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"

	"github.com/daybook-es/daybook/internal/chromium"
	"github.com/daybook-es/daybook/internal/dynamolocal"
	"github.com/daybook-es/daybook/internal/ministack"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: withservers command [argument...]")
		os.Exit(2)
	}
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "withservers:", err)
	}
	os.Exit(code)
}

// run runs the command and returns its exit code.
func run(args []string) (code int, err error) {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer signal.Stop(signals)

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	all := new(servers)
	defer all.stop()
	started := make(chan struct{})
	go func() {
		defer close(started)
		all.start(ctx)
	}()
	select {
	case <-started:
	case s := <-signals:
		cancel()
		<-started
		return 1, fmt.Errorf("ended by %v before the servers were ready", s)
	}
	if err := errors.Join(all.errs...); err != nil {
		return 1, err
	}
	if len(all.missing) > 0 {
		fmt.Fprintln(os.Stderr, "withservers:", strings.Join(all.missing, "; "))
	}

	cmd := exec.CommandContext(context.Background(), args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), all.env...)
	if err := cmd.Start(); err != nil {
		return 1, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case s := <-signals:
			_ = cmd.Process.Signal(s) // a command that has ended needs none
		case err := <-ended:
			exit, ok := errors.AsType[*exec.ExitError](err)
			if !ok {
				return 0, err
			}
			if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
				return 128 + int(status.Signal()), nil // as a shell does
			}
			return exit.ExitCode(), nil
		}
	}
}

// servers are those that were started.
type servers struct {
	mu      sync.Mutex
	env     []string
	missing []string // what is not installed
	errs    []error
	stops   []func()
}

func (s *servers) start(ctx context.Context) {
	var wg sync.WaitGroup
	wg.Go(func() {
		s.one(dynamolocal.EnvEndpoint, func() (string, func(), error) { return dynamolocal.Start(ctx) })
	})
	wg.Go(func() {
		tasks := s.one(ministack.EnvEndpoint, func() (string, func(), error) {
			endpoint, _, stop, err := ministack.Start(ctx)
			return endpoint, stop, err
		})
		if tasks == "" {
			return // moto is installed together with MiniStack
		}
		s.one(ministack.EnvMoto, func() (string, func(), error) {
			endpoint, _, stop, err := ministack.StartMoto(ctx, tasks)
			return endpoint, stop, err
		})
	})
	wg.Go(func() {
		s.one(chromium.EnvURL, func() (string, func(), error) { return chromium.Start(ctx) })
	})
	wg.Wait()
}

// one starts a server unless its variable is set, and returns its address, empty
// where there is none.
func (s *servers) one(variable string, start func() (string, func(), error)) (address string) {
	if address := os.Getenv(variable); address != "" {
		return address
	}
	address, stop, err := start()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.env, s.stops = append(s.env, variable+"="+address), append(s.stops, stop)
		return address
	}
	_, noJava := errors.AsType[*dynamolocal.MissingError](err)
	_, noPython := errors.AsType[*ministack.MissingError](err)
	if noJava || noPython || errors.Is(err, chromium.ErrMissing) {
		s.missing = append(s.missing, err.Error())
	} else {
		s.errs = append(s.errs, err)
	}
	return ""
}

func (s *servers) stop() {
	var wg sync.WaitGroup
	for _, stop := range s.stops {
		wg.Go(stop)
	}
	wg.Wait()
}
