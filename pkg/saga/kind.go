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
	// Left is no error: the first step's [Leave], for an engine that knows
	// nothing but the names of errors.
	Left Kind = "Leave"
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

// Crosses returns the name under which what [Runs.Perform] returned crosses into
// an engine that goes by the names of errors. It is empty for an answer; the
// failure of a step that may fail is one.
func (r *Runs) Crosses(o Outcome, err error) Kind {
	n, _ := r.process.find(o.Step)
	switch {
	case n.mayFail && o.Status != "":
		return ""
	case err != nil:
		return KindOf(err)
	case o.Verdict == TakeBack:
		return Refused
	case o.Verdict == Leave:
		return Left
	default:
		return ""
	}
}
