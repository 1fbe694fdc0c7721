package projection

import (
	"errors"
	"fmt"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// PoisonError: an event that no retry will fold. Its type is unknown, its data
// cannot be read, its rule fails, or the event store has something in its place
// that makes no sense.
type PoisonError struct {
	Stream  eventstore.StreamID
	Version eventstore.Version // of the event
	Err     error
}

// Error implements error.
func (e *PoisonError) Error() string {
	return fmt.Sprintf("%s at version %d: %v", e.Stream, e.Version, e.Err)
}

// Unwrap returns what is wrong with the event.
func (e *PoisonError) Unwrap() error { return e.Err }

// A Reason says what is wrong with an event, and nothing of what is in it: that
// may name a person.
type Reason string

// The reasons for which a stream is skipped.
const (
	Damaged  Reason = "damaged"  // what is stored in the event's place makes no sense
	Unfolded Reason = "unfolded" // its type is unknown, its data cannot be read, or its rule fails
)

// Reason returns what may be shown of the error.
func (e *PoisonError) Reason() Reason {
	if eventstore.Damaged(e.Err) {
		return Damaged
	}
	return Unfolded
}

// Poisoned returns the poison that an error of [Projection.Apply] is about, or
// none when it is a fault.
func Poisoned(err error) []*PoisonError {
	joined, ok := errors.AsType[interface {
		error
		Unwrap() []error
	}](err)
	if !ok {
		return nil
	}
	var all []*PoisonError
	for _, err := range joined.Unwrap() {
		poison, ok := errors.AsType[*PoisonError](err)
		if !ok {
			return nil
		}
		all = append(all, poison)
	}
	return all
}
