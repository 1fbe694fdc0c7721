package order

import (
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
)

// Confirm says that the order was paid: exactly its total, in its currency.
type Confirm struct {
	Payment domain.Money
	At      time.Time
}

// Decide implements [domain.Command].
func (c Confirm) Decide(s State) ([]Event, error) {
	switch s.Status {
	case StatusNone:
		return nil, ErrNotPlaced
	case StatusPending:
		return nil, ErrNotSubmitted
	case StatusCancelling, StatusCancelled:
		return nil, ErrCancelled
	default:
	}
	if c.Payment != s.Total {
		return nil, ErrPaymentDiffers.With("%d %s of %d %s", c.Payment.Amount, c.Payment.Currency, s.Total.Amount, s.Total.Currency)
	}
	if s.Status == StatusSubmitted {
		return []Event{Confirmed(c)}, nil
	}
	return nil, nil
}

// Ship says that the goods leave. It and the start of a cancellation are
// commits of one stream, so exactly one of them wins.
type Ship struct {
	TrackingNumber string
	At             time.Time
}

// Decide implements [domain.Command].
func (c Ship) Decide(s State) ([]Event, error) {
	switch s.Status {
	case StatusNone:
		return nil, ErrNotPlaced
	case StatusConfirmed:
		return []Event{Shipped(c)}, nil
	case StatusShipped, StatusDelivered, StatusReturned:
		return nil, nil
	case StatusCancelling, StatusCancelled:
		return nil, ErrCancelled
	default:
		return nil, ErrNotConfirmed
	}
}

// Deliver says that the goods have arrived.
type Deliver struct{ At time.Time }

// Decide implements [domain.Command].
func (c Deliver) Decide(s State) ([]Event, error) {
	switch s.Status {
	case StatusNone:
		return nil, ErrNotPlaced
	case StatusShipped:
		return []Event{Delivered(c)}, nil
	case StatusDelivered, StatusReturned:
		return nil, nil
	default:
		return nil, ErrNotShipped.With("it is %s", s.Status)
	}
}
