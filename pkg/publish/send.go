package publish

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// NotTakenError names the first event that the bus would not take. All before it
// are published, some after it may be.
type NotTakenError struct {
	Stream  eventstore.StreamID
	Version eventstore.Version // of the event, which may be in the middle of its commit
	Err     error              // of the bus, or of the context that ended
}

// Error implements error.
func (e *NotTakenError) Error() string {
	return fmt.Sprintf("publish %s at version %d: %v", e.Stream, e.Version, e.Err)
}

// Unwrap returns what kept the event from the bus.
func (e *NotTakenError) Unwrap() error { return e.Err }

var errNotTaken = errors.New("the bus did not take it")

// How often events are sent again that the bus did not take, and after what
// pause; it doubles.
const (
	tries     = 4
	firstWait = 50 * time.Millisecond
)

// send returns how many events the bus took, from the first on; all, or it is an
// error.
func (p *Publisher) send(ctx context.Context, events []Event) (taken int, err error) {
	for taken < len(events) {
		fit := Fit(events[taken:])
		first, err := p.insist(ctx, events[taken:taken+fit])
		if err != nil {
			return taken + first, err
		}
		taken += fit
	}
	return taken, nil
}

// insist sends again what the bus does not take. It is an error that goes with
// the index of the first that was never taken.
func (p *Publisher) insist(ctx context.Context, events []Event) (first int, err error) {
	left := make([]int, len(events)) // indexes of what is not taken
	for i := range left {
		left[i] = i
	}
	for try := 1; ; try++ {
		batch := make([]Event, len(left))
		for i, n := range left {
			batch[i] = events[n]
		}
		failed, err := p.bus.Publish(ctx, batch)
		if err == nil && len(failed) == 0 {
			return 0, nil
		}
		if err == nil {
			for i, n := range failed {
				left[i] = left[n]
			}
			left, err = left[:len(failed)], errNotTaken
		}
		if try == tries {
			return left[0], err
		}
		select {
		case <-ctx.Done():
			return left[0], ctx.Err()
		case <-time.After(firstWait << (try - 1)):
		}
	}
}
