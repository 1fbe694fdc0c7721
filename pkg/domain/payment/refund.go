package payment

import (
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
)

// Refund takes the payment back: it records what the gateway has charged under
// its key and has now given back. A charge that was never heard of is recorded
// with it, in one commit. It is recorded too when nothing was charged, so that
// a task that arrives late is refused. Nothing is refunded twice, and nothing
// but exactly what was captured.
type Refund struct {
	Charged domain.Money // without currency: nothing was charged
	At      time.Time
}

// Decide implements [domain.Command].
func (c Refund) Decide(s State) ([]Event, error) {
	if s.Closed && (!known(c.Charged) || c.Charged == s.Refunded) {
		return nil, nil // nothing more is learned
	}
	if err := c.check(s); err != nil {
		return nil, err
	}
	if known(c.Charged) && !known(s.Captured) {
		return []Event{Captured{Amount: c.Charged, At: c.At}, Refunded{Amount: c.Charged, At: c.At}}, nil
	}
	return []Event{Refunded{Amount: c.Charged, At: c.At}}, nil
}

// check refuses a charge other than the one that is known here. What is taken is
// all that is ever captured, so a charge that is learned of late has to be it.
func (c Refund) check(s State) error {
	switch {
	case !known(c.Charged) && known(s.Captured):
		return ErrRefundDiffers.With("nothing of %d %s", s.Captured.Amount, s.Captured.Currency)
	case !known(c.Charged):
		return nil
	case !payable(c.Charged):
		return ErrAmount.With("%d %s", c.Charged.Amount, c.Charged.Currency)
	case known(s.Amount) && c.Charged != s.Amount:
		return differs(ErrRefundDiffers, c.Charged, s.Amount)
	}
	return nil
}
