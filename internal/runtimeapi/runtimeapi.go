// Package runtimeapi runs a function's bootstrap as Lambda does, and is the
// Runtime API that the bootstrap asks for its events. It needs Linux, as the
// bootstraps do.
package runtimeapi

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// A Function is a bootstrap that runs. It handles one event at a time.
type Function struct {
	// Init is how long it took from the start of the program until it asked for
	// its first event.
	Init time.Duration

	cmd     *exec.Cmd
	server  *http.Server
	asks    sync.Once
	asked   chan time.Time // when it asked for its first event
	events  chan event
	answers chan Answer
	ended   chan struct{} // closed when the program has ended
	err     error         // how it ended; read it after ended

	mu      sync.Mutex
	current string // the id of the event that is not answered
}

type event struct {
	id      string
	payload []byte
	end     time.Time
}

// An Answer is what came of an event.
type Answer struct {
	Payload []byte // JSON; an error's holds errorType and errorMessage
	Failed  bool
	Took    time.Duration
}

// EndedError: the program ended, and left an event, or its start, unanswered.
type EndedError struct{ How string }

// Error implements error.
func (e *EndedError) Error() string { return "the function ended: " + e.How }

// ErrTime: the function's time was over before it answered. It is stopped then,
// as Lambda stops it.
var ErrTime = errors.New("the function's time is over")

// Start runs the bootstrap in a folder and returns when it asks for its first
// event. Its environment is env and what Lambda adds to each; what it writes goes
// to logs. It ends by [Function.Stop], with ctx, and with this program, which it
// then asks in vain.
func Start(ctx context.Context, folder string, env []string, logs io.Writer) (*Function, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	f := &Function{
		cmd:   exec.CommandContext(ctx, filepath.Join(folder, "bootstrap")),
		asked: make(chan time.Time, 1), events: make(chan event), answers: make(chan Answer, 1), ended: make(chan struct{}),
	}
	f.server = &http.Server{Handler: f.routes(), ReadHeaderTimeout: time.Minute}
	f.cmd.Dir, f.cmd.Stdout, f.cmd.Stderr = folder, logs, logs
	f.cmd.Env = append(env, "AWS_LAMBDA_RUNTIME_API="+listener.Addr().String(), "AWS_LAMBDA_FUNCTION_NAME="+filepath.Base(folder),
		"AWS_LAMBDA_FUNCTION_VERSION=$LATEST", "LAMBDA_TASK_ROOT="+folder)
	go func() { _ = f.server.Serve(listener) }() // until the program has ended
	began := time.Now()
	if err := f.cmd.Start(); err != nil {
		return nil, errors.Join(err, f.server.Close())
	}
	go func() {
		defer close(f.ended)
		f.err = f.cmd.Wait()
		_ = f.server.Close() // nobody asks any more
	}()
	select {
	case at := <-f.asked:
		f.Init = at.Sub(began)
		return f, nil
	case <-f.ended:
		return nil, f.how()
	}
}

func (f *Function) how() error {
	if f.err != nil {
		return &EndedError{How: f.err.Error()}
	}
	return &EndedError{How: "it said that all is well"}
}

// Invoke hands the function an event and returns its answer. It is an
// [*EndedError] when the program ends instead, and [ErrTime] when it takes
// longer than it may.
func (f *Function) Invoke(ctx context.Context, payload []byte, may time.Duration) (Answer, error) {
	began := time.Now()
	ctx, cancel := context.WithDeadlineCause(ctx, began.Add(may), ErrTime)
	defer cancel()
	select {
	case f.events <- event{id: rand.Text(), payload: payload, end: began.Add(may)}:
	case <-f.ended:
		return Answer{}, f.how()
	case <-ctx.Done():
		f.Stop()
		return Answer{}, context.Cause(ctx)
	}
	select {
	case a := <-f.answers:
		a.Took = time.Since(began)
		return a, nil
	case <-f.ended:
	case <-ctx.Done():
		f.Stop()
		return Answer{}, context.Cause(ctx)
	}
	select {
	case a := <-f.answers: // its last words: it panicked
		a.Took = time.Since(began)
		return a, nil
	default:
		return Answer{}, f.how()
	}
}

// Stop ends the program.
func (f *Function) Stop() {
	_ = f.cmd.Process.Kill() // where it has not ended by itself
	<-f.ended
}
