package order

import (
	"slices"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
)

// Command is what can be asked of an order.
type Command = domain.Command[State, Event]

// Refusals of an order.
var (
	ErrNotPlaced            = domain.RefuseMissing("order.not_placed", "there is no such order")
	ErrAlreadyPlaced        = domain.Refuse("order.already_placed", "the order was placed already, and says something else")
	ErrNoCustomer           = domain.Refuse("order.no_customer", "an order needs a customer")
	ErrUnknownPaymentMethod = domain.Refuse("order.unknown_payment_method", "the payment method is not known here")
	ErrNotPending           = domain.Refuse("order.not_pending", "the order can no longer be changed")
	ErrPriceDiffers         = domain.Refuse("order.price_differs", "the product is in the order at another price")
	ErrNotSubmitted         = domain.Refuse("order.not_submitted", "the order was not submitted")
	ErrPaymentDiffers       = domain.Refuse("order.payment_differs", "the payment is not exactly the total")
	ErrNotConfirmed         = domain.Refuse("order.not_confirmed", "the order was not confirmed")
	ErrNotShipped           = domain.Refuse("order.not_shipped", "the order was not shipped")
	ErrNotDelivered         = domain.Refuse("order.not_delivered", "the order was not delivered, and only what was delivered is returned")
	ErrCancelled            = domain.Refuse("order.cancelled", "the order is cancelled or about to be")
	ErrNotCancelling        = domain.Refuse("order.not_cancelling", "nobody began to cancel the order")
	ErrShipped              = domain.Refuse("order.shipped", "the order was shipped, and what is shipped is not cancelled")
)

// Place asks for goods. Placing the same again is granted once.
type Place struct {
	CustomerID    CustomerID
	Items         []Item
	Recipient     Recipient
	PaymentMethod PaymentMethod
	At            time.Time
}

// Decide implements [domain.Command].
func (c Place) Decide(s State) ([]Event, error) {
	if s.Status != StatusNone {
		if s.CustomerID == c.CustomerID && s.PaymentMethod == c.PaymentMethod && slices.Equal(s.Items, c.Items) {
			return nil, nil
		}
		return nil, ErrAlreadyPlaced
	}
	if c.CustomerID == "" {
		return nil, ErrNoCustomer
	}
	if !c.PaymentMethod.known() {
		return nil, ErrUnknownPaymentMethod.With("%q", c.PaymentMethod)
	}
	if err := check(c.Items); err != nil {
		return nil, err
	}
	return []Event{Placed(c)}, nil
}

// AddItem asks for one product more, or for more of one at the same price. It
// is repeatable: what makes it happen once is the id under which it is given.
type AddItem struct {
	Item Item
	At   time.Time
}

// Repeatable implements [domain.Repeatable].
func (AddItem) Repeatable() {}

// Decide implements [domain.Command].
func (c AddItem) Decide(s State) ([]Event, error) {
	if err := s.editable(); err != nil {
		return nil, err
	}
	if err := checkItem(c.Item); err != nil {
		return nil, err
	}
	if i := find(s.Items, c.Item.ProductID); i >= 0 && s.Items[i].UnitPrice != c.Item.UnitPrice {
		return nil, ErrPriceDiffers.With("%s at %d %s", c.Item.ProductID, s.Items[i].UnitPrice.Amount, s.Items[i].UnitPrice.Currency)
	}
	if err := check(added(s.Items, c.Item)); err != nil {
		return nil, err
	}
	return []Event{ItemAdded(c)}, nil
}

// RemoveItem takes a product out. One that is not there is out already; the
// last one stays.
type RemoveItem struct {
	ProductID ProductID
	At        time.Time
}

// Decide implements [domain.Command].
func (c RemoveItem) Decide(s State) ([]Event, error) {
	if err := s.editable(); err != nil {
		return nil, err
	}
	if find(s.Items, c.ProductID) < 0 {
		return nil, nil
	}
	if err := check(removed(s.Items, c.ProductID)); err != nil {
		return nil, err
	}
	return []Event{ItemRemoved(c)}, nil
}

// ReplaceItems asks for these items instead of those that are there.
type ReplaceItems struct {
	Items []Item
	At    time.Time
}

// Decide implements [domain.Command].
func (c ReplaceItems) Decide(s State) ([]Event, error) {
	if err := s.editable(); err != nil {
		return nil, err
	}
	if slices.Equal(s.Items, c.Items) {
		return nil, nil
	}
	if err := check(c.Items); err != nil {
		return nil, err
	}
	return []Event{ItemsReplaced(c)}, nil
}

func (s State) editable() error {
	switch s.Status {
	case StatusPending:
		return nil
	case StatusNone:
		return ErrNotPlaced
	default:
		return ErrNotPending.With("it is %s", s.Status)
	}
}

// Submit hands the order over to fulfilment.
type Submit struct{ At time.Time }

// Decide implements [domain.Command].
func (c Submit) Decide(s State) ([]Event, error) {
	switch s.Status {
	case StatusNone:
		return nil, ErrNotPlaced
	case StatusPending:
		return []Event{Submitted(c)}, nil
	case StatusCancelling, StatusCancelled:
		return nil, ErrCancelled
	default:
		return nil, nil
	}
}
