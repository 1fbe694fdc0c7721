// Package stock is the aggregate of one product's stock: received, reserved for
// orders, and released or handed out with them.
package stock

import (
	"maps"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
)

// Category names the streams of stock; a stream's id is the product's.
const Category = "stock"

// OrderID names the order that pieces are held for.
type OrderID string

// MaxQuantity is the most that is received or reserved at once.
const MaxQuantity int64 = 1_000_000

// State is what the decisions on stock need.
type State struct {
	Received bool              `json:"received"` // the product exists: a release alone does not make it
	OnHand   int64             `json:"onHand"`   // pieces here, reserved ones included
	Reserved map[OrderID]int64 `json:"reserved,omitempty"`
	Settled  memory            `json:"settled,omitempty"` // orders that were fulfilled or released lately
	Floor    time.Time         `json:"floor,omitzero"`    // a Reserve entered at or before it comes too late
}

// ReservedTotal returns how many pieces are held for orders.
func (s State) ReservedTotal() (n int64) {
	for _, held := range s.Reserved {
		n += held
	}
	return n
}

// Available returns how many pieces can still be reserved.
func (s State) Available() int64 { return s.OnHand - s.ReservedTotal() }

// settle returns the state in which nothing is held for the order, and that
// remembers why.
func (s State) settle(id OrderID, entered time.Time) State {
	if _, held := s.Reserved[id]; held {
		s.Reserved = maps.Clone(s.Reserved)
		if delete(s.Reserved, id); len(s.Reserved) == 0 {
			s.Reserved = nil // as a snapshot reads it back
		}
	}
	var forgotten time.Time
	s.Settled, forgotten = s.Settled.add(id, entered)
	if forgotten.After(s.Floor) {
		s.Floor = forgotten
	}
	return s
}

// Events reads and writes the events of stock.
var Events = domain.NewRegistry[Event](Received{}, Reserved{}, Released{}, Fulfilled{})

// Aggregate says how stock is read and written.
var Aggregate = domain.Aggregate[State, Event]{Category: Category, Events: Events, Schema: 1}
