package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// A stopwatch takes the times between what is sent and what is heard.
type stopwatch struct {
	mu    sync.Mutex
	began map[string]time.Time
	took  []time.Duration
	left  int
	done  chan struct{}
}

func (s *stopwatch) start(expected int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.began, s.took, s.left, s.done = make(map[string]time.Time), make([]time.Duration, 0, expected), expected, make(chan struct{})
}

func (s *stopwatch) begin(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.began[what] = time.Now()
}

func (s *stopwatch) end(what string) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	began, known := s.began[what]
	if !known {
		return
	}
	s.took = append(s.took, now.Sub(began))
	if s.left--; s.left == 0 {
		close(s.done)
	}
}

func (s *stopwatch) wait(ctx context.Context) ([]time.Duration, error) {
	select {
	case <-s.done:
		return s.took, nil
	case <-time.After(20 * time.Second):
		return nil, fmt.Errorf("%d messages did not come", s.left)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// An audience is a server and its clients.
type audience struct {
	stopwatch
	server  *http.Server
	clients []*websocket.Conn
	stop    []func() error
}

func (a *audience) serve(ctx context.Context, handler http.Handler) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	a.server = &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = a.server.Serve(listener) }()
	for range listeners {
		c, answer, err := websocket.Dial(ctx, "ws://"+listener.Addr().String()+"/live", nil)
		if err != nil {
			return err
		}
		if answer.Body != nil {
			_ = answer.Body.Close()
		}
		a.clients = append(a.clients, c)
	}
	return nil
}

func (a *audience) close() (err error) {
	for _, c := range a.clients {
		_ = c.CloseNow()
	}
	if a.server != nil {
		err = a.server.Close()
	}
	for _, stop := range a.stop {
		err = errors.Join(err, stop())
	}
	return err
}
