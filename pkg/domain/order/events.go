package order

import (
	"slices"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
)

// Event is what happens to an order.
type Event interface {
	domain.Event[State]
	order()
}

// Placed: a customer asked for goods at the prices that were agreed.
type Placed struct {
	CustomerID    CustomerID    `json:"customerId"`
	Items         []Item        `json:"items"`
	Recipient     Recipient     `json:"recipient"`
	PaymentMethod PaymentMethod `json:"paymentMethod"`
	At            time.Time     `json:"at"`
}

// ItemAdded: more of a product, or one product more.
type ItemAdded struct {
	Item Item      `json:"item"`
	At   time.Time `json:"at"`
}

// ItemRemoved: a product is no longer wanted.
type ItemRemoved struct {
	ProductID ProductID `json:"productId"`
	At        time.Time `json:"at"`
}

// ItemsReplaced: the order is for these items instead.
type ItemsReplaced struct {
	Items []Item    `json:"items"`
	At    time.Time `json:"at"`
}

// Submitted: the customer is done with it; fulfilment may begin.
type Submitted struct {
	At time.Time `json:"at"`
}

// Confirmed: the total was paid.
type Confirmed struct {
	Payment domain.Money `json:"payment"`
	At      time.Time    `json:"at"`
}

// Shipped: the goods have left; from here on nothing is taken back.
type Shipped struct {
	TrackingNumber string    `json:"trackingNumber"`
	At             time.Time `json:"at"`
}

// Delivered: the goods have arrived.
type Delivered struct {
	At time.Time `json:"at"`
}

// Returned: all of the goods came back. Who reacts to it knows from it what came.
type Returned struct {
	Reason string    `json:"reason"`
	Goods  []Goods   `json:"goods"` // in the order of its items
	At     time.Time `json:"at"`
}

// CancelStarted: the order will be cancelled once all is taken back. From here
// on it is neither confirmed nor shipped.
type CancelStarted struct {
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// Cancelled: the order was given up.
type Cancelled struct {
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

func (Placed) order()        {}
func (ItemAdded) order()     {}
func (ItemRemoved) order()   {}
func (ItemsReplaced) order() {}
func (Submitted) order()     {}
func (Confirmed) order()     {}
func (Shipped) order()       {}
func (Delivered) order()     {}
func (Returned) order()      {}
func (CancelStarted) order() {}
func (Cancelled) order()     {}

// EventType implements [domain.Event].
func (Placed) EventType() string { return "order.placed.v1" }

// EventType implements [domain.Event].
func (ItemAdded) EventType() string { return "order.item_added.v1" }

// EventType implements [domain.Event].
func (ItemRemoved) EventType() string { return "order.item_removed.v1" }

// EventType implements [domain.Event].
func (ItemsReplaced) EventType() string { return "order.items_replaced.v1" }

// EventType implements [domain.Event].
func (Submitted) EventType() string { return "order.submitted.v1" }

// EventType implements [domain.Event].
func (Confirmed) EventType() string { return "order.confirmed.v1" }

// EventType implements [domain.Event].
func (Shipped) EventType() string { return "order.shipped.v1" }

// EventType implements [domain.Event].
func (Delivered) EventType() string { return "order.delivered.v1" }

// EventType implements [domain.Event].
func (Returned) EventType() string { return "order.returned.v1" }

// EventType implements [domain.Event].
func (CancelStarted) EventType() string { return "order.cancel_started.v1" }

// EventType implements [domain.Event].
func (Cancelled) EventType() string { return "order.cancelled.v1" }

// Evolve implements [domain.Event].
func (e Placed) Evolve(State) State {
	return State{
		Status: StatusPending, CustomerID: e.CustomerID, PaymentMethod: e.PaymentMethod,
	}.with(e.Items)
}

// Evolve implements [domain.Event].
func (e ItemAdded) Evolve(s State) State { return s.with(added(s.Items, e.Item)) }

// Evolve implements [domain.Event].
func (e ItemRemoved) Evolve(s State) State { return s.with(removed(s.Items, e.ProductID)) }

// Evolve implements [domain.Event].
func (e ItemsReplaced) Evolve(s State) State { return s.with(e.Items) }

// Evolve implements [domain.Event].
func (Submitted) Evolve(s State) State { s.Status = StatusSubmitted; return s }

// Evolve implements [domain.Event].
func (Confirmed) Evolve(s State) State { s.Status = StatusConfirmed; return s }

// Evolve implements [domain.Event].
func (Shipped) Evolve(s State) State { s.Status = StatusShipped; return s }

// Evolve implements [domain.Event].
func (Delivered) Evolve(s State) State { s.Status = StatusDelivered; return s }

// Evolve implements [domain.Event].
func (Returned) Evolve(s State) State { s.Status = StatusReturned; return s }

// Evolve implements [domain.Event].
func (e CancelStarted) Evolve(s State) State {
	s.Status, s.CancelReason = StatusCancelling, e.Reason
	return s
}

// Evolve implements [domain.Event].
func (e Cancelled) Evolve(s State) State {
	s.Status, s.CancelReason = StatusCancelled, e.Reason
	return s
}

// with returns the state with these items. Their sum was checked before it
// happened.
func (s State) with(items []Item) State {
	s.Items = items
	s.Total, _ = total(items)
	return s
}

// added returns the items with one more, or more of one.
func added(items []Item, more Item) []Item {
	items = slices.Clone(items)
	if i := find(items, more.ProductID); i >= 0 {
		items[i].Quantity += more.Quantity
		return items
	}
	return append(items, more)
}

func removed(items []Item, id ProductID) []Item {
	return slices.DeleteFunc(slices.Clone(items), func(i Item) bool { return i.ProductID == id })
}

func find(items []Item, id ProductID) int {
	return slices.IndexFunc(items, func(i Item) bool { return i.ProductID == id })
}
