package payment

import (
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
)

// Command is what can be asked of a payment.
type Command = domain.Command[State, Event]

// Refusals of a payment.
var (
	ErrNotTaken      = domain.RefuseMissing("payment.not_taken", "no payment was taken")
	ErrAmount        = domain.Refuse("payment.amount", "an amount is from 0 up, in a currency of ISO 4217")
	ErrAmountDiffers = domain.Refuse("payment.amount_differs", "the amount is not exactly what was taken")
	ErrMethodDiffers = domain.Refuse("payment.method_differs", "the payment was taken by another method")
	ErrCaptured      = domain.Refuse("payment.captured", "the payment was captured")
	ErrDeclined      = domain.Refuse("payment.declined", "the payment was declined")
	ErrClosed        = domain.Refuse("payment.closed", "the payment was taken back, and nothing more is charged")
	ErrRefundDiffers = domain.Refuse("payment.refund_differs", "the refund is not exactly what was taken")
)

// Take asks for the order's total. Taking the same again is granted once. It is
// refused once a refund was recorded: it is a late task then.
type Take struct {
	Amount domain.Money
	Method string
	At     time.Time
}

// Decide implements [domain.Command].
func (c Take) Decide(s State) ([]Event, error) {
	switch {
	case s.Closed:
		return nil, ErrClosed
	case !payable(c.Amount):
		return nil, ErrAmount.With("%d %s", c.Amount.Amount, c.Amount.Currency)
	case s.Status == StatusNone:
		return []Event{Taken(c)}, nil
	case c.Amount != s.Amount:
		return nil, differs(ErrAmountDiffers, c.Amount, s.Amount)
	case c.Method != s.Method:
		return nil, ErrMethodDiffers.With("%q, not %q", s.Method, c.Method)
	}
	return nil, nil
}

// Capture says that the gateway has charged exactly what was taken.
type Capture struct {
	Amount domain.Money
	At     time.Time
}

// Decide implements [domain.Command].
func (c Capture) Decide(s State) ([]Event, error) {
	switch {
	case s.Closed:
		return nil, ErrClosed
	case s.Status == StatusNone:
		return nil, ErrNotTaken
	case s.Status == StatusDeclined:
		return nil, ErrDeclined
	case c.Amount != s.Amount:
		return nil, differs(ErrAmountDiffers, c.Amount, s.Amount)
	case s.Status == StatusTaken:
		return []Event{Captured(c)}, nil
	}
	return nil, nil
}

// Decline says that the gateway said no. The first no stands.
type Decline struct {
	Code   string
	Reason string
	At     time.Time
}

// Decide implements [domain.Command].
func (c Decline) Decide(s State) ([]Event, error) {
	switch {
	case s.Closed:
		return nil, ErrClosed
	case s.Status == StatusNone:
		return nil, ErrNotTaken
	case s.Status == StatusTaken:
		return []Event{Declined(c)}, nil
	case s.Status == StatusDeclined:
		return nil, nil
	}
	return nil, ErrCaptured
}

func differs(err *domain.Refusal, got, want domain.Money) error {
	return err.With("%d %s of %d %s", got.Amount, got.Currency, want.Amount, want.Currency)
}
