package app

import (
	"context"
	"slices"
	"time"

	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/publish"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/orderdetails"
	"github.com/daybook-es/daybook/pkg/returns"
)

const (
	// reactAgain is the first pause before a reaction is tried again; it doubles.
	reactAgain = time.Second
	// reactTries is how often it is tried before it is left to the sweep.
	reactTries = 5
)

// react returns who listens for a reaction: it takes each event at once, so that
// the bus waits for nobody, and what it does not bring to an end the sweep finds.
func (a *App) react(ctx context.Context, name string, do returns.Reaction) func(context.Context, publish.Event) error {
	return func(_ context.Context, e publish.Event) error {
		a.reactions.Go(func() {
			pause := reactAgain
			for try := 1; ; try++ {
				err := do(ctx, e)
				if err == nil || ctx.Err() != nil {
					return
				}
				if try == reactTries {
					a.config.Log.Error("return waits", "for", name, "stream", e.Stream, "version", e.Version, "err", err)
					return
				}
				select {
				case <-ctx.Done():
					return
				case <-time.After(pause):
					pause *= 2
				}
			}
		})
		return nil
	}
}

// sweepReturns publishes once more that an order was returned, for each from
// which something has yet to follow: a bus may bring an event twice, so whoever
// has done his part does nothing.
func (a *App) sweepReturns(ctx context.Context, publisher *publish.Publisher) {
	for after := new(readmodel.Place); after != nil; {
		ids, next, err := orderdetails.ListReturning(ctx, a.rows, Tenant, *after, 100)
		for _, id := range ids {
			if err == nil {
				err = a.publishReturn(ctx, publisher, string(id))
			}
		}
		if ctx.Err() != nil { // what is left is met at the next start
			return
		}
		if err != nil {
			a.config.Log.Error("sweep of returns failed", "err", err)
			return
		}
		after = next
	}
}

// publishReturn publishes the commit in which an order was returned.
func (a *App) publishReturn(ctx context.Context, publisher *publish.Publisher, id string) error {
	stream := eventstore.StreamID{Tenant: Tenant, Category: order.Category, ID: id}
	for c, err := range a.store.Read(ctx, stream, eventstore.NoStream(stream)) {
		if err != nil {
			return err
		}
		isReturn := func(e eventstore.Event) bool { return e.Type == order.Returned{}.EventType() }
		if slices.ContainsFunc(c.Events, isReturn) {
			return publisher.Publish(ctx, c)
		}
	}
	return nil
}
