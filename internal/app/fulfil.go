package app

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/publish"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/fulfilments"
	"github.com/daybook-es/daybook/pkg/returns"
	"github.com/daybook-es/daybook/pkg/saga"
)

const (
	// sweepEvery is how often orders are looked for whose run was missed.
	sweepEvery = time.Minute
	// publishAgain is the pause after the bus, or the file, failed.
	publishAgain = time.Second
)

// fulfil goes on with what was under way when the program ended last, and then
// starts a run for each order that is submitted, and has those hear of each that
// is returned who react to it, until ctx ends. It returns when
// nothing is under way any more.
func (a *App) fulfil(ctx context.Context) error {
	defer a.runs.Wait()
	defer a.reactions.Wait()
	head := a.store.Head() // the sweeps meet what is committed by now
	if err := a.views.Settled(ctx); err != nil {
		return err
	}
	publisher := publish.New(a.bus(ctx), a.config.Log, publish.Orders())
	a.sweep(ctx, true)
	a.sweepReturns(ctx, publisher)
	published := make(chan struct{})
	go func() { defer close(published); a.publish(ctx, publisher, head) }()
	defer func() { <-published }()
	for tick := time.NewTicker(sweepEvery); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return ctx.Err()
		case <-tick.C:
			a.sweep(ctx, false)
			a.sweepReturns(ctx, publisher)
		}
	}
}

// bus returns the bus with all who listen to it.
func (a *App) bus(ctx context.Context) publish.Bus {
	bus := &publish.Local{Log: a.config.Log}
	bus.Listen(publish.SubmittedName, func(_ context.Context, e publish.Event) error {
		var submitted publish.OrderSubmitted
		if err := json.Unmarshal(e.Data, &submitted); err != nil {
			return fmt.Errorf("%s at version %d: %w", e.Stream, e.Version, err)
		}
		a.runs.Start(ctx, saga.Run{ID: string(submitted.OrderID), Correlation: e.Correlation})
		return nil
	})
	bus.Listen(publish.ReturnedName, a.react(ctx, "refund", returns.Refund(a.world)))
	bus.Listen(publish.ReturnedName, a.react(ctx, "restock", returns.Restock(a.world)))
	return bus
}

// publish puts on the bus what is committed after a sequence. Its listeners end
// with the program, so no checkpoint is kept for them: what they have missed is
// looked for at a start.
func (a *App) publish(ctx context.Context, publisher *publish.Publisher, after uint64) {
	for ctx.Err() == nil {
		err := a.store.Follow(ctx, after, func(seq uint64, commits []eventstore.Commit) error {
			if err := publisher.Publish(ctx, commits...); err != nil {
				return err
			}
			after = seq
			return nil
		})
		if ctx.Err() != nil {
			return
		}
		a.config.Log.Error("bus waits for a fault to pass", "err", err)
		select {
		case <-ctx.Done():
		case <-time.After(publishAgain):
		}
	}
}

// sweep starts every run that has not ended and is not under way; those that are
// stuck only when the program starts.
func (a *App) sweep(ctx context.Context, stuck bool) {
	for after := (readmodel.Place{}); ; {
		open, next, err := fulfilments.ListOpen(ctx, a.rows, Tenant, after, 100)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			a.config.Log.Error("sweep failed", "err", err)
			return
		}
		for _, run := range open {
			if stuck || run.Status != saga.Stuck {
				a.runs.Start(ctx, run.Run)
			}
		}
		if next == nil {
			return
		}
		after = *next
	}
}
