package fulfilment

import (
	"context"

	"github.com/daybook-es/daybook/pkg/domain"
)

// A Port is a part of the outside world, fenced by keys: whoever lost an answer
// asks again, and whoever gives up knows that nothing comes after. A key is
// opaque and stands for one thing that is done at most once; see [Key]. The
// contract is the package porttest.
//
// An error that may pass wraps [saga.ErrUnavailable]. Nothing is known after it:
// what was asked for may have been done. Ask again, or take it back.
type Port[In, Out any] interface {
	// Do does what in says, once per key: of all that is asked for under a key
	// the first is done or refused, and every Do of it gives that first result,
	// a [*domain.Refusal] included. Once the key is barred all are refused, for
	// ever, with [ErrBarred].
	Do(ctx context.Context, key string, in In) (Out, error)
	// Undo bars the key for ever and takes back what was done under it, once
	// however often it is called. It answers what was done and is now taken
	// back, the same each time; nil where it was refused or never tried.
	Undo(ctx context.Context, key string) (*Out, error)
}

// ErrBarred refuses what is asked for under a key that was taken back.
var ErrBarred = domain.Refuse("port.barred", "it was taken back and is not done any more")

// The parts of the outside world that an order meets.
type (
	// A Gateway charges. The result is what was captured.
	Gateway = Port[Charge, domain.Money]
	// A Carrier books parcels. A booking is taken back by cancelling it.
	Carrier = Port[Parcel, Booking]
	// A Notifier tells the customer.
	Notifier = Port[Message, Receipt]
)

// A Charge asks for money.
type Charge struct {
	OrderID string       `json:"orderId"`
	Amount  domain.Money `json:"amount"`
	Method  string       `json:"method"`
}

// A Parcel is to go to somebody.
type Parcel struct {
	OrderID    string `json:"orderId"`
	Name       string `json:"name"`
	Line1      string `json:"line1"`
	City       string `json:"city"`
	PostalCode string `json:"postalCode"`
	Country    string `json:"country"`
}

// A Booking is the carrier's promise to take a parcel.
type Booking struct {
	TrackingNumber string `json:"trackingNumber"`
}

// A Message is for a customer, who may have left no address.
type Message struct {
	OrderID string `json:"orderId"`
	Email   string `json:"email"`
	Text    string `json:"text"`
}

// A Receipt says what became of a message.
type Receipt struct {
	Sent bool `json:"sent"` // false where there is no address
}

// Key names what one step does for an order. A step and its compensation share
// it, so step is always the step's name.
func Key(tenant, order, step string) string { return tenant + "/" + order + "/" + step }
