package machine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/fulfilments"
	"github.com/daybook-es/daybook/pkg/saga"
)

// sweepAfter is how long the bus has to start a run before the sweep does.
const sweepAfter = 2 * time.Minute

// Sweep returns the handler of the schedule: it starts a run for each order that
// was submitted some minutes ago and has none, whatever became of its event. One
// that cannot be started holds up no other.
func (s Starter) Sweep(rows readmodel.Store) func(context.Context) error {
	return func(ctx context.Context) error {
		var errs []error
		for after := new(readmodel.Place); after != nil; {
			open, next, err := fulfilments.ListOpen(ctx, rows, s.Tenant, *after, 100)
			if err != nil {
				return s.swept(ctx, errors.Join(append(errs, err)...))
			}
			for _, run := range open {
				if time.Since(run.SubmittedAt) < sweepAfter { // those behind it wait for less
					return s.swept(ctx, errors.Join(errs...))
				}
				if run.Status != saga.Stuck {
					errs = append(errs, s.start(ctx, run.Run))
				}
			}
			after = next
		}
		return s.swept(ctx, errors.Join(errs...))
	}
}

// swept logs what could not be done. The next sweep tries it again, so nobody
// else has to.
func (s Starter) swept(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	s.Log.ErrorContext(ctx, "sweep failed", "err", err)
	return fmt.Errorf("sweep: %w", err)
}
