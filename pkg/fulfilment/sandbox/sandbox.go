// Package sandbox stands in for the outside world where there is none: a
// gateway, a carrier and a notifier that behave by test values, in the manner of
// card networks' test numbers, and keep ledgers of their own.
package sandbox

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/fulfilment"
)

// What the outside world refuses.
var (
	ErrDeclined          = domain.Refuse("payment.declined", "the payment was declined")
	ErrInsufficientFunds = domain.Refuse("payment.insufficient_funds", "there is not enough money for the payment")
	ErrUnknownMethod     = domain.Refuse("payment.unknown_method", "the gateway does not know the payment method")
	ErrAddressRefused    = domain.Refuse("shipment.address_refused", "the carrier does not deliver to the address")
	ErrNoAddress         = domain.Refuse("message.no_address", "the message is addressed to what is no e-mail address")
)

// Gateway returns a gateway that goes by the method of the charge:
//
//	tok_ok                    captures
//	tok_flaky                 is unavailable twice, then captures
//	tok_declined              refuses with ErrDeclined
//	tok_insufficient_funds    refuses with ErrInsufficientFunds
//	tok_timeout_after_charge  captures, and never answers until ctx ends
//	tok_refund_flaky          captures; Undo bars at once, and is unavailable twice
//
// Any other is refused with [ErrUnknownMethod].
func Gateway(l Ledger) fulfilment.Gateway {
	return port[fulfilment.Charge, domain.Money]{l, charges}
}

func charges(_ string, c fulfilment.Charge) manner[domain.Money] {
	m := manner[domain.Money]{out: c.Amount}
	switch c.Method {
	case "tok_ok":
	case "tok_flaky":
		m.busy = 2
	case "tok_declined":
		m.refusal = ErrDeclined
	case "tok_insufficient_funds":
		m.refusal = ErrInsufficientFunds
	case "tok_timeout_after_charge":
		m.mute = true
	case "tok_refund_flaky":
		m.slow = 2
	default:
		m.refusal = ErrUnknownMethod.With("%s", c.Method)
	}
	return m
}

// Carrier returns a carrier that goes by the postal code of the parcel: 00000 is
// refused with [ErrAddressRefused], at 00001 it is unavailable twice, and any
// other is booked. The tracking number follows from the key.
func Carrier(l Ledger) fulfilment.Carrier {
	return port[fulfilment.Parcel, fulfilment.Booking]{l, books}
}

func books(key string, p fulfilment.Parcel) manner[fulfilment.Booking] {
	sum := sha256.Sum256([]byte(key))
	m := manner[fulfilment.Booking]{out: fulfilment.Booking{TrackingNumber: fmt.Sprintf("TRK%X", sum[:6])}}
	switch p.PostalCode {
	case "00000":
		m.refusal = ErrAddressRefused
	case "00001":
		m.busy = 2
	}
	return m
}

// Notifier returns a notifier that goes by the e-mail of the message: at
// down@example.com it never answers, until ctx ends; what has no @ is refused
// with [ErrNoAddress]; where there is none it sends nothing, and nothing is wrong.
func Notifier(l Ledger) fulfilment.Notifier {
	return port[fulfilment.Message, fulfilment.Receipt]{l, tells}
}

func tells(_ string, msg fulfilment.Message) manner[fulfilment.Receipt] {
	m := manner[fulfilment.Receipt]{out: fulfilment.Receipt{Sent: msg.Email != ""}}
	switch {
	case msg.Email == "down@example.com":
		m.away = true
	case m.out.Sent && !strings.Contains(msg.Email, "@"):
		m.refusal = ErrNoAddress
	}
	return m
}
