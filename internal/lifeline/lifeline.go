// Package lifeline runs the servers that tests and benchmarks need: each serves
// HTTP on a port of its own and ends with the program that started it.
package lifeline

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"time"
)

// Server is a program that serves HTTP.
type Server struct {
	Name   string   // what people call it
	Args   []string // the program and its arguments
	Dir    string   // its working directory
	Env    []string // its environment; nil is this program's
	URL    string   // it is ready when a GET of URL
	Status int      // is answered with this status
	Says   string   // or, where URL is empty, when it has written a line with this

	Scratch string // a folder that is removed when the server has ended
}

// EndedError: a server ended before it was ready.
type EndedError struct {
	Name   string
	Output string // all that it wrote
}

// Error implements error, with the last line of the output.
func (e *EndedError) Error() string {
	lines := strings.Split(strings.TrimSpace(e.Output), "\n")
	return e.Name + " ended: " + lines[len(lines)-1]
}

// script runs a program until standard input ends, which it does however the
// parent ends. The program takes the shell's place, so its exit is seen at once;
// one that takes more than five seconds to end is killed. A terminal sends
// Ctrl-C to all its processes: it is the parent that decides when this one ends,
// and the folder is removed even if a signal ends all processes of the group.
const script = `trap '' INT HUP
scratch=$1
shift
exec 3<&0
(
	trap '' TERM
	read -r line <&3
	kill $$
	for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 $$ && sleep 0.5; done
	kill -9 $$
	rm -rf "$scratch"
) >/dev/null 2>&1 &
exec "$@" 3<&- </dev/null`

// Start runs the server and returns as soon as it is ready. It has no deadline
// but ctx. The server ends by stop, with ctx, and with this program, however that
// ends. One that ends before it is ready is an [*EndedError].
func (s Server) Start(ctx context.Context) (log *Log, stop func(), err error) {
	log = new(Log)
	cmd := exec.CommandContext(ctx, "sh", append([]string{"-c", script, "sh", s.Scratch}, s.Args...)...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = s.Dir, s.Env, log, log
	cmd.WaitDelay = time.Second // what it started may hold its output
	line, err := cmd.StdinPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // however it ended, its output says more
		close(ended)
	}()
	stop = func() {
		_ = line.Close() // closed already where the server has ended
		<-ended
	}

	for {
		ready := s.ready(ctx, log)
		pause := 20 * time.Millisecond
		if ready {
			pause = 0 // a look at whether it was this server that answered
		}
		select {
		case <-ended:
			if ctx.Err() == nil { // which would have ended it
				return nil, nil, &EndedError{Name: s.Name, Output: log.From(0)}
			}
		case <-ctx.Done():
		case <-time.After(pause):
		}
		if err := ctx.Err(); err != nil {
			stop()
			return nil, nil, fmt.Errorf("%s does not answer: %w: %s", s.Name, err, log.From(0))
		}
		if ready {
			return log, stop, nil
		}
	}
}

func (s Server) ready(ctx context.Context, log *Log) bool {
	if s.URL == "" {
		_, rest, said := strings.Cut(log.From(0), s.Says)
		return said && strings.Contains(rest, "\n")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL, http.NoBody)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == s.Status
}

// OnFreePort calls start with a free port of the loopback interface, and returns
// the address of what it started. Until the server takes the port another program
// can: a server that ends because of that is started again on the next port.
func OnFreePort(ctx context.Context, start func(port int) (*Log, func(), error)) (address string, log *Log, stop func(), err error) {
	for range 10 {
		port, err := freePort(ctx)
		if err != nil {
			return "", nil, nil, err
		}
		log, stop, err = start(port)
		if err == nil {
			return fmt.Sprintf("http://127.0.0.1:%d", port), log, stop, nil
		}
		ended, ok := errors.AsType[*EndedError](err)
		if !ok || !strings.Contains(ended.Output, "already in use") { // as Java and Python say it
			return "", nil, nil, err
		}
	}
	return "", nil, nil, errors.New("ten free ports, one after the other, were taken by other programs")
}

// freePort returns a port of the loopback interface that nothing listens on.
func freePort(ctx context.Context) (int, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return listener.Addr().(*net.TCPAddr).Port, listener.Close()
}
