// Package payment is the aggregate of an order's payment: taken, captured or
// declined, and given back when the order comes to nothing.
package payment

import "github.com/daybook-es/daybook/pkg/domain"

// Category names the streams of payments; a stream's id is the order's.
const Category = "payment"

// A Status says where a payment stands.
type Status string

// The statuses, in the order in which a payment may come to them.
const (
	StatusNone     Status = "" // nobody asked for it
	StatusTaken    Status = "taken"
	StatusCaptured Status = "captured"
	StatusDeclined Status = "declined"
	StatusRefunded Status = "refunded" // only where something was given back
)

// State is what the decisions on a payment need. An amount that nothing is
// known of has no currency; a free order's is 0 in the order's currency.
type State struct {
	Status   Status       `json:"status"`
	Method   string       `json:"method,omitempty"`
	Amount   domain.Money `json:"amount"` // what was asked for
	Captured domain.Money `json:"captured"`
	Refunded domain.Money `json:"refunded"`
	Closed   bool         `json:"closed,omitempty"` // a compensation was recorded: whatever comes now is late
}

// Events reads and writes the events of payments.
var Events = domain.NewRegistry[Event](Taken{}, Captured{}, Declined{}, Refunded{})

// Aggregate says how payments are read and written.
var Aggregate = domain.Aggregate[State, Event]{Category: Category, Events: Events, Schema: 1}

// known reports whether m is an amount at all, be it 0.
func known(m domain.Money) bool { return m != domain.Money{} }

// payable reports whether somebody can be charged m.
func payable(m domain.Money) bool { return m.Amount >= 0 && m.Currency.Valid() }
