package stock

import (
	"math"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
)

// Command is what can be asked of stock.
type Command = domain.Command[State, Event]

// Refusals of stock.
var (
	ErrNotReceived  = domain.RefuseMissing("stock.not_received", "there is no such product")
	ErrQuantity     = domain.Refuse("stock.quantity", "a quantity is from 1 to 1,000,000")
	ErrTooMuch      = domain.Refuse("stock.too_much", "more pieces than can be counted")
	ErrInsufficient = domain.Refuse("stock.insufficient", "there are not enough pieces available")
	ErrReserved     = domain.Refuse("stock.reserved", "another quantity is reserved for the order")
	ErrSettled      = domain.Refuse("stock.settled", "the order was fulfilled or released before")
	ErrTooLate      = domain.Refuse("stock.too_late", "the reservation comes too late to tell whether it was released")
)

// Receive takes pieces in. It is repeatable: what makes it happen once is the
// id under which it is given.
type Receive struct {
	Quantity int64
	At       time.Time
}

// Repeatable implements [domain.Repeatable].
func (Receive) Repeatable() {}

// Decide implements [domain.Command].
func (c Receive) Decide(s State) ([]Event, error) {
	if c.Quantity < 1 || c.Quantity > MaxQuantity {
		return nil, ErrQuantity.With("%d", c.Quantity)
	}
	if s.OnHand > math.MaxInt64-c.Quantity {
		return nil, ErrTooMuch
	}
	return []Event{Received(c)}, nil
}

// Reserve holds pieces for an order, all or none. It is refused once the order
// was fulfilled or released: it is a late task then.
type Reserve struct {
	OrderID  OrderID
	Quantity int64
	Entered  time.Time // when its step was entered, by the engine's clock
	At       time.Time
}

// Decide implements [domain.Command].
func (c Reserve) Decide(s State) ([]Event, error) {
	held, ok := s.Reserved[c.OrderID]
	switch {
	case !s.Received:
		return nil, ErrNotReceived
	case c.Quantity < 1 || c.Quantity > MaxQuantity:
		return nil, ErrQuantity.With("%d", c.Quantity)
	case ok && held == c.Quantity:
		return nil, nil
	case ok:
		return nil, ErrReserved.With("%d, not %d", held, c.Quantity)
	case s.Settled.has(c.OrderID):
		return nil, ErrSettled
	case !c.Entered.After(s.Floor):
		return nil, ErrTooLate
	case c.Quantity > s.Available():
		return nil, ErrInsufficient.With("%d wanted, %d available", c.Quantity, s.Available())
	}
	return []Event{Reserved(c)}, nil
}

// Release gives back what is held for an order. It is recorded too when nothing
// is held, so that a Reserve that arrives late is refused.
type Release struct {
	OrderID OrderID
	Entered time.Time
	At      time.Time
}

// Decide implements [domain.Command].
func (c Release) Decide(s State) ([]Event, error) {
	held, ok := s.Reserved[c.OrderID]
	if !ok && (s.Settled.has(c.OrderID) || !c.Entered.After(s.Floor)) {
		return nil, nil // the late one is refused already
	}
	return []Event{Released{OrderID: c.OrderID, Quantity: held, Entered: c.Entered, At: c.At}}, nil
}

// Fulfil hands out what is held for an order. Of an order that it does not hold
// it writes nothing: only the run of a shipped order fulfils.
type Fulfil struct {
	OrderID OrderID
	Entered time.Time
	At      time.Time
}

// Decide implements [domain.Command].
func (c Fulfil) Decide(s State) ([]Event, error) {
	held, ok := s.Reserved[c.OrderID]
	if !ok {
		return nil, nil
	}
	return []Event{Fulfilled{OrderID: c.OrderID, Quantity: held, Entered: c.Entered, At: c.At}}, nil
}
