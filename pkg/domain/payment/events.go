package payment

import (
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
)

// Event is what happens to a payment.
type Event interface {
	domain.Event[State]
	payment()
}

// Taken: the order's total is to be charged.
type Taken struct {
	Amount domain.Money `json:"amount"`
	Method string       `json:"method"`
	At     time.Time    `json:"at"`
}

// Captured: the gateway has charged the amount.
type Captured struct {
	Amount domain.Money `json:"amount"`
	At     time.Time    `json:"at"`
}

// Declined: the gateway said no.
type Declined struct {
	Code   string    `json:"code"`   // the gateway's, for programs
	Reason string    `json:"reason"` // for people
	At     time.Time `json:"at"`
}

// Refunded: what was charged is given back, and nothing will be charged.
type Refunded struct {
	Amount domain.Money `json:"amount"` // without currency: nothing was charged
	At     time.Time    `json:"at"`
}

func (Taken) payment()    {}
func (Captured) payment() {}
func (Declined) payment() {}
func (Refunded) payment() {}

// EventType implements [domain.Event].
func (Taken) EventType() string { return "payment.taken.v1" }

// EventType implements [domain.Event].
func (Captured) EventType() string { return "payment.captured.v1" }

// EventType implements [domain.Event].
func (Declined) EventType() string { return "payment.declined.v1" }

// EventType implements [domain.Event].
func (Refunded) EventType() string { return "payment.refunded.v1" }

// Evolve implements [domain.Event].
func (e Taken) Evolve(s State) State {
	s.Status, s.Amount, s.Method = StatusTaken, e.Amount, e.Method
	return s
}

// Evolve implements [domain.Event]. A capture that is learned of before
// anything was taken says what was asked for, too.
func (e Captured) Evolve(s State) State {
	s.Status, s.Captured = StatusCaptured, e.Amount
	if !known(s.Amount) {
		s.Amount = e.Amount
	}
	return s
}

// Evolve implements [domain.Event].
func (Declined) Evolve(s State) State { s.Status = StatusDeclined; return s }

// Evolve implements [domain.Event]. Where nothing was charged, the status stays
// what it was.
func (e Refunded) Evolve(s State) State {
	s.Closed = true
	if known(e.Amount) {
		s.Status, s.Refunded = StatusRefunded, e.Amount
	}
	return s
}
