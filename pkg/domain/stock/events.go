package stock

import (
	"maps"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
)

// Event is what happens to a product's stock.
type Event interface {
	domain.Event[State]
	stock()
}

// Received: pieces have come in.
type Received struct {
	Quantity int64     `json:"quantity"`
	At       time.Time `json:"at"`
}

// Reserved: pieces are held for an order.
type Reserved struct {
	OrderID  OrderID   `json:"orderId"`
	Quantity int64     `json:"quantity"`
	Entered  time.Time `json:"entered"` // when the step that asked for it was entered
	At       time.Time `json:"at"`
}

// Released: nothing is held for an order any more, nor will be.
type Released struct {
	OrderID  OrderID   `json:"orderId"`
	Quantity int64     `json:"quantity"` // 0: nothing was held
	Entered  time.Time `json:"entered"`
	At       time.Time `json:"at"`
}

// Fulfilled: the pieces that were held for an order have left with it.
type Fulfilled struct {
	OrderID  OrderID   `json:"orderId"`
	Quantity int64     `json:"quantity"`
	Entered  time.Time `json:"entered"`
	At       time.Time `json:"at"`
}

func (Received) stock()  {}
func (Reserved) stock()  {}
func (Released) stock()  {}
func (Fulfilled) stock() {}

// EventType implements [domain.Event].
func (Received) EventType() string { return "stock.received.v1" }

// EventType implements [domain.Event].
func (Reserved) EventType() string { return "stock.reserved.v1" }

// EventType implements [domain.Event].
func (Released) EventType() string { return "stock.released.v1" }

// EventType implements [domain.Event].
func (Fulfilled) EventType() string { return "stock.fulfilled.v1" }

// Evolve implements [domain.Event].
func (e Received) Evolve(s State) State {
	s.Received = true
	s.OnHand += e.Quantity
	return s
}

// Evolve implements [domain.Event].
func (e Reserved) Evolve(s State) State {
	held := maps.Clone(s.Reserved)
	if held == nil {
		held = make(map[OrderID]int64, 1)
	}
	held[e.OrderID] = e.Quantity
	s.Reserved = held
	return s
}

// Evolve implements [domain.Event].
func (e Released) Evolve(s State) State { return s.settle(e.OrderID, e.Entered) }

// Evolve implements [domain.Event].
func (e Fulfilled) Evolve(s State) State {
	s.OnHand -= e.Quantity
	return s.settle(e.OrderID, e.Entered)
}
