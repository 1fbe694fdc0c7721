package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/publish"
)

// NewPublisher returns the handler that publishes what is committed to a table.
func NewPublisher(table string, p *publish.Publisher, log *slog.Logger) Handler {
	return handler(table, log, publisher{p})
}

type publisher struct{ *publish.Publisher }

func (p publisher) take(ctx context.Context, commits []eventstore.Commit) (done int, stop *failure) {
	err := p.Publish(ctx, commits...)
	left, ok := errors.AsType[*publish.NotTakenError](err)
	switch {
	case err == nil:
		return len(commits), nil
	case !ok:
		return 0, &failure{name: Waiting, err: err}
	}
	done = slices.IndexFunc(commits, func(c eventstore.Commit) bool {
		return c.Stream == left.Stream && c.First <= left.Version && left.Version <= c.Last()
	})
	return done, &failure{name: NotTaken, err: left.Err, attrs: []any{"stream", left.Stream.String(), "version", left.Version}}
}

// parked implements [follower]: nothing is parked on its way to the bus.
func (publisher) parked(context.Context, eventstore.StreamID) (bool, error) { return false, nil }

// Republish publishes the commits of a stream that begin at the versions, as the
// store has them. Where the store does not have one, or it makes no sense, that is
// an error of which [eventstore.Damaged] tells; all before it are published then.
func Republish(ctx context.Context, store eventstore.Store, p *publish.Publisher, stream eventstore.StreamID, firsts []eventstore.Version) error {
	var found []eventstore.Commit
	var damage error
	firsts = slices.Compact(slices.Sorted(slices.Values(firsts)))
	last := firsts[len(firsts)-1]
	for c, err := range store.Read(ctx, stream, eventstore.NoStream(stream)) {
		if damage = err; err != nil {
			break
		}
		if slices.Contains(firsts, c.First) {
			found = append(found, c)
		}
		if c.Last() >= last {
			break
		}
	}
	if err := p.Publish(ctx, found...); err != nil {
		return err
	}
	if damage == nil && len(found) < len(firsts) {
		damage = &eventstore.InvalidError{Reason: fmt.Sprintf("%s has %d of %d commits that its records tell of", stream, len(found), len(firsts))}
	}
	return damage
}
