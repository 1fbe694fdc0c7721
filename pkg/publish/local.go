package publish

import (
	"context"
	"log/slog"
)

// Local is the bus within one process. It hands each event to its listeners
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
	for i, e := range events {
		for _, f := range l.listeners[e.Type] {
			if err := f(ctx, e); err != nil {
				failed = append(failed, i)
				l.Log.Warn("event not taken", "type", e.Type, "stream", e.Stream, "version", e.Version, "err", err)
				break
			}
		}
	}
	return failed, ctx.Err()
}
