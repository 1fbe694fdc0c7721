package shipment

import (
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
)

// Command is what can be asked of a shipment.
type Command = domain.Command[State, Event]

// Refusals of a shipment.
var (
	ErrNotArranged           = domain.RefuseMissing("shipment.not_arranged", "no shipment was arranged")
	ErrNoTrackingNumber      = domain.Refuse("shipment.no_tracking_number", "a shipment needs a tracking number")
	ErrTrackingNumberDiffers = domain.Refuse("shipment.tracking_number_differs", "the shipment has another tracking number")
	ErrDispatched            = domain.Refuse("shipment.dispatched", "the shipment was dispatched, and what is dispatched is not cancelled")
	ErrCancelled             = domain.Refuse("shipment.cancelled", "the shipment was cancelled, and nothing more is booked")
)

// Arrange says that the carrier has booked the shipment. Arranging the same
// again is granted once. It is refused once a cancellation was recorded: it is a
// late task then.
type Arrange struct {
	TrackingNumber string
	At             time.Time
}

// Decide implements [domain.Command].
func (c Arrange) Decide(s State) ([]Event, error) {
	switch {
	case s.Closed:
		return nil, ErrCancelled
	case c.TrackingNumber == "":
		return nil, ErrNoTrackingNumber
	case s.Status == StatusNone:
		return []Event{Arranged(c)}, nil
	case c.TrackingNumber != s.TrackingNumber:
		return nil, ErrTrackingNumberDiffers.With("%s, not %s", s.TrackingNumber, c.TrackingNumber)
	}
	return nil, nil
}

// Dispatch says that the carrier has the goods.
type Dispatch struct{ At time.Time }

// Decide implements [domain.Command].
func (c Dispatch) Decide(s State) ([]Event, error) {
	switch {
	case s.Closed:
		return nil, ErrCancelled
	case s.Status == StatusNone:
		return nil, ErrNotArranged
	case s.Status == StatusArranged:
		return []Event{Dispatched(c)}, nil
	}
	return nil, nil
}

// Cancel takes the shipment back: it records the booking that the carrier says
// was made and is now taken back. A booking that was never heard of is recorded
// with it, in one commit. It is recorded too when nothing was booked, so that an
// Arrange that arrives late is refused.
type Cancel struct {
	TrackingNumber string // empty: the carrier knows of no booking
	At             time.Time
}

// Decide implements [domain.Command].
func (c Cancel) Decide(s State) ([]Event, error) {
	learned := c.TrackingNumber != "" && s.TrackingNumber == ""
	if c.TrackingNumber == "" {
		c.TrackingNumber = s.TrackingNumber
	}
	switch {
	case s.Status == StatusDispatched:
		return nil, ErrDispatched
	case learned:
		return []Event{Arranged(c), Cancelled(c)}, nil
	case c.TrackingNumber != s.TrackingNumber:
		return nil, ErrTrackingNumberDiffers.With("%s, not %s", s.TrackingNumber, c.TrackingNumber)
	case s.Closed:
		return nil, nil
	}
	return []Event{Cancelled(c)}, nil
}
