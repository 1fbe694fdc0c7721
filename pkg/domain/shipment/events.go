package shipment

import (
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
)

// Event is what happens to a shipment.
type Event interface {
	domain.Event[State]
	shipment()
}

// Arranged: the carrier has booked it.
type Arranged struct {
	TrackingNumber string    `json:"trackingNumber"`
	At             time.Time `json:"at"`
}

// Dispatched: the carrier has it.
type Dispatched struct {
	At time.Time `json:"at"`
}

// Cancelled: the booking is taken back, and none will be made.
type Cancelled struct {
	TrackingNumber string    `json:"trackingNumber"` // empty: nothing was booked
	At             time.Time `json:"at"`
}

func (Arranged) shipment()   {}
func (Dispatched) shipment() {}
func (Cancelled) shipment()  {}

// EventType implements [domain.Event].
func (Arranged) EventType() string { return "shipment.arranged.v1" }

// EventType implements [domain.Event].
func (Dispatched) EventType() string { return "shipment.dispatched.v1" }

// EventType implements [domain.Event].
func (Cancelled) EventType() string { return "shipment.cancelled.v1" }

// Evolve implements [domain.Event].
func (e Arranged) Evolve(s State) State {
	s.Status, s.TrackingNumber = StatusArranged, e.TrackingNumber
	return s
}

// Evolve implements [domain.Event].
func (Dispatched) Evolve(s State) State { s.Status = StatusDispatched; return s }

// Evolve implements [domain.Event]. Where nothing was booked, the status stays
// what it was.
func (e Cancelled) Evolve(s State) State {
	s.Closed = true
	if e.TrackingNumber != "" {
		s.Status, s.TrackingNumber = StatusCancelled, e.TrackingNumber
	}
	return s
}
