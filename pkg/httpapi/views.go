package httpapi

import (
	"context"
	"slices"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// patience is how long a read waits for the views.
const patience = 5 * time.Second

// A page of a list; Next is the cursor of the page after it, null at the end.
type page[T any] struct {
	Items []T     `json:"items"`
	Next  *string `json:"next"`
}

// settle waits until the views hold what was committed by now. After that time
// the read answers with what there is.
func (a *api) settle(ctx context.Context) {
	if a.Settled != nil {
		_ = a.Settled(ctx) // an answer from views that lag is still an answer
	}
}

// A sight is a thing as its view shows it; version 0: the view does not have it.
type sight struct {
	version eventstore.Version
	body    any
}

// show answers with what look finds, once it has reached the version asked for.
// What was never created, by an event of that type, is missing at once; what the
// view only does not have yet is waited for.
func (a *api) show(c *call, stream eventstore.StreamID, creation domain.Typed, missing error, look func(context.Context) (sight, error)) (answer, error) {
	least, err := c.query.minVersion()
	if err != nil {
		return answer{}, err
	}
	ctx, cancel := context.WithTimeout(c.r.Context(), patience)
	defer cancel()
	a.settle(ctx)
	var got sight
	shown, err := wait(ctx, func() (bool, error) {
		var err error
		if got, err = look(c.r.Context()); err != nil || got.version > 0 {
			return int64(got.version) >= least, err
		}
		there := false
		if least > 0 {
			there, err = a.exists(c.r.Context(), stream, creation.EventType())
		}
		if err == nil && !there {
			err = missing
		}
		return false, err
	})
	if err == nil && !shown {
		err = behind("the view has reached version %d, not %d", got.version, least)
	}
	if err != nil {
		return answer{}, err
	}
	return sayTagged(got)
}

// wait asks, ever less often, until it is done, or the context is: false.
func wait(ctx context.Context, done func() (bool, error)) (bool, error) {
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, patience/20) {
		if ok, err := done(); ok || err != nil {
			return ok, err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return false, nil
		}
	}
}

func (a *api) exists(ctx context.Context, stream eventstore.StreamID, creation string) (bool, error) {
	for commit, err := range a.Events.Read(ctx, stream, eventstore.NoStream(stream)) {
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(commit.Events, func(e eventstore.Event) bool { return e.Type == creation }) {
			return true, nil
		}
	}
	return false, nil
}
