package restock

import (
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
)

// Command is what can be asked of a restock.
type Command = domain.Command[State, Event]

// ErrNotBegun refuses the end of what has no beginning.
var ErrNotBegun = domain.RefuseMissing("restock.not_begun", "no goods came back with the order")

// Begin notes what is to be received again, before any of it is. The first
// notes stand: whoever comes later goes by them.
type Begin struct {
	Goods []Goods
	At    time.Time
}

// Decide implements [domain.Command].
func (c Begin) Decide(s State) ([]Event, error) {
	if s.Status != StatusNone {
		return nil, nil
	}
	return []Event{Begun(c)}, nil
}

// End says that all is received again. Ending twice is granted once.
type End struct{ At time.Time }

// Decide implements [domain.Command].
func (c End) Decide(s State) ([]Event, error) {
	switch s.Status {
	case StatusNone:
		return nil, ErrNotBegun
	case StatusBegun:
		return []Event{Ended(c)}, nil
	default:
		return nil, nil
	}
}
