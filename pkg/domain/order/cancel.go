package order

import "time"

// Cancel is the client's wish to give the order up. A pending one is cancelled
// at once; of one that was submitted, fulfilment first takes back what it did.
// Cancelling twice is granted once.
type Cancel struct {
	Reason string
	At     time.Time
}

// Decide implements [domain.Command].
func (c Cancel) Decide(s State) ([]Event, error) {
	switch s.Status {
	case StatusNone:
		return nil, ErrNotPlaced
	case StatusPending:
		return []Event{Cancelled(c)}, nil
	case StatusSubmitted, StatusConfirmed:
		return []Event{CancelStarted(c)}, nil
	case StatusShipped, StatusDelivered, StatusReturned:
		return nil, ErrShipped
	default:
		return nil, nil
	}
}

// BeginCancel starts to cancel an order whose fulfilment may be under way. It
// is not refused when the order went out, or was cancelled, before: the state
// after it says which of them won.
type BeginCancel struct {
	Reason string
	At     time.Time
}

// Decide implements [domain.Command].
func (c BeginCancel) Decide(s State) ([]Event, error) {
	switch s.Status {
	case StatusNone:
		return nil, ErrNotPlaced
	case StatusPending:
		return nil, ErrNotSubmitted
	case StatusSubmitted, StatusConfirmed:
		return []Event{CancelStarted(c)}, nil
	default:
		return nil, nil
	}
}

// EndCancel says that all is taken back: it is the last act of fulfilment. The
// order keeps the reason that its cancellation was started for.
type EndCancel struct{ At time.Time }

// Decide implements [domain.Command].
func (c EndCancel) Decide(s State) ([]Event, error) {
	switch s.Status {
	case StatusNone:
		return nil, ErrNotPlaced
	case StatusCancelling:
		return []Event{Cancelled{Reason: s.CancelReason, At: c.At}}, nil
	case StatusCancelled:
		return nil, nil
	case StatusShipped, StatusDelivered, StatusReturned:
		return nil, ErrShipped
	default:
		return nil, ErrNotCancelling.With("it is %s", s.Status)
	}
}
