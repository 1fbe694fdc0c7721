package publish

import (
	"context"
	"fmt"
	"log/slog"
)

// Local is the bus within one process. It hands each event to all its listeners
// before it says that it took it; one that a listener fails on it did not take.
// Whoever listens does so before the first event is published.
type Local struct {
	Log       *slog.Logger
	listeners map[string][]func(context.Context, Event) error
}

var _ Bus = (*Local)(nil)

// Listen has f called with each event of a type. f may be called with one event
// again, and returns when it has taken it.
func (l *Local) Listen(public string, f func(context.Context, Event) error) {
	if l.listeners == nil {
		l.listeners = make(map[string][]func(context.Context, Event) error)
	}
	l.listeners[public] = append(l.listeners[public], f)
}

// Publish implements [Bus].
func (l *Local) Publish(ctx context.Context, events []Event) (failed []int, err error) {
	if n := Fit(events); n < len(events) {
		return nil, fmt.Errorf("%d events at once, of which a bus takes %d", len(events), n)
	}
	for i, e := range events {
		if !l.hand(ctx, e) {
			failed = append(failed, i)
		}
	}
	return failed, ctx.Err()
}

// hand reports whether every listener took the event. One that fails keeps it
// from no other.
func (l *Local) hand(ctx context.Context, e Event) bool {
	taken := true
	for _, f := range l.listeners[e.Type] {
		if err := f(ctx, e); err != nil {
			taken = false
			l.Log.Warn("event not taken", "type", e.Type, "stream", e.Stream, "version", e.Version, "err", err)
		}
	}
	return taken
}
