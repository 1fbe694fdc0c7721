package saga

import (
	"context"
	"errors"

	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// A Kind is the name under which a task's error crosses from one engine to
// another. Whoever retries or gives up goes by the kind alone, never by the text.
type Kind string

const (
	// Refused is an answer: the same task will always get it.
	Refused Kind = "Refused"
	// Transient passes by itself: contention, throttling, a part of the outside
	// world that is unavailable or silent.
	Transient Kind = "Transient"
	// Fault is all else. It is tried again as well.
	Fault Kind = "Fault"
)

// ErrUnavailable: a part of the outside world cannot be reached, or gives no
// answer. Nothing is known of what was asked of it: it may have been done.
var ErrUnavailable = errors.New("unavailable")

// KindOf returns the kind of a task's error.
func KindOf(err error) Kind {
	if _, ok := domain.Refused(err); ok {
		return Refused
	}
	for _, passing := range []error{ErrUnavailable, eventstore.ErrUnavailable, command.ErrContended, context.DeadlineExceeded} {
		if errors.Is(err, passing) {
			return Transient
		}
	}
	return Fault
}
