package restock

import (
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
)

// Event is what happens to a restock.
type Event interface {
	domain.Event[State]
	restock()
}

// Begun: these goods are about to be received again.
type Begun struct {
	Goods []Goods   `json:"goods"`
	At    time.Time `json:"at"`
}

// Ended: they all were.
type Ended struct {
	At time.Time `json:"at"`
}

func (Begun) restock() {}
func (Ended) restock() {}

// EventType implements [domain.Event].
func (Begun) EventType() string { return "restock.begun.v1" }

// EventType implements [domain.Event].
func (Ended) EventType() string { return "restock.ended.v1" }

// Evolve implements [domain.Event].
func (e Begun) Evolve(State) State { return State{Status: StatusBegun, Goods: e.Goods} }

// Evolve implements [domain.Event].
func (Ended) Evolve(s State) State { s.Status = StatusEnded; return s }
