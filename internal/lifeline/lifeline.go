// Package lifeline runs the servers that tests and benchmarks need: each serves
// HTTP on a port of its own and ends with the program that started it.
package lifeline

import (
	"context"
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
// one that takes more than five seconds to end is killed.
const script = `scratch=$1
shift
exec 3<&0
(
	read -r line <&3
	kill $$
	for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 $$ && sleep 0.5; done
	kill -9 $$
	rm -rf "$scratch"
) >/dev/null 2>&1 &
exec "$@" 3<&- </dev/null`

// Start runs the server and returns as soon as it is ready, at most a minute
// later. It ends by stop, with ctx, and with this program, however that ends.
// One that ends before it is ready is an [*EndedError].
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

	patience, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for !s.ready(patience) {
		select {
		case <-ended:
			if ctx.Err() == nil { // which would have ended it
				return nil, nil, &EndedError{Name: s.Name, Output: log.From(0)}
			}
		case <-patience.Done():
		case <-time.After(50 * time.Millisecond):
		}
		if err := patience.Err(); err != nil {
			stop()
			return nil, nil, fmt.Errorf("%s does not answer: %w: %s", s.Name, err, log.From(0))
		}
	}
	return log, stop, nil
}

func (s Server) ready(ctx context.Context) bool {
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

// FreePort returns a port of the loopback interface that nobody listens on.
func FreePort(ctx context.Context) (int, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return listener.Addr().(*net.TCPAddr).Port, listener.Close()
}
