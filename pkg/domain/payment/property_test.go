package payment_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/daybook-es/daybook/internal/testsize"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/payment"
)

// A ledger says in the plainest way what was moved: each event is an entry.
type ledger struct {
	state                     payment.State
	taken, captured, refunded []domain.Money
	closed                    bool
}

func (l *ledger) give(t *rapid.T, c payment.Command) {
	events, err := c.Decide(l.state)
	if _, refused := domain.Refused(err); err != nil && !refused {
		t.Fatalf("%+v: %v is no refusal", c, err)
	}
	if _, compensates := c.(payment.Refund); l.closed && !compensates && err == nil {
		t.Fatalf("%+v was granted after a refund", c)
	}
	l.state = domain.Fold(l.state, events...)
	for _, e := range events {
		switch e := e.(type) {
		case payment.Taken:
			l.taken = append(l.taken, e.Amount)
		case payment.Captured:
			l.captured = append(l.captured, e.Amount)
		case payment.Declined:
		case payment.Refunded:
			l.closed = true
			if e.Amount != (domain.Money{}) {
				l.refunded = append(l.refunded, e.Amount)
			}
		}
	}
	if more, err := c.Decide(l.state); len(events) > 0 && (len(more) > 0 || err != nil) {
		t.Fatalf("%+v given again: %+v, %v", c, more, err)
	}
}

// within reports whether there is at most one part, and the whole, if there is
// one, is it.
func within(part, whole []domain.Money) bool {
	return len(part) == 0 || len(part) == 1 && (len(whole) == 0 || len(whole) == 1 && part[0] == whole[0])
}

// TestNoMoreIsRefundedThanCapturedAndNoMoreCapturedThanTaken: whatever comes,
// early, late or again, and whatever the gateway says.
func TestNoMoreIsRefundedThanCapturedAndNoMoreCapturedThanTaken(t *testing.T) {
	money := rapid.Custom(func(t *rapid.T) domain.Money {
		return domain.Money{
			Amount:   rapid.SampledFrom([]int64{1, 1, 0, 2, -1}).Draw(t, "amount"),
			Currency: rapid.SampledFrom([]domain.Currency{"USD", "USD", "USD", "EUR", ""}).Draw(t, "currency"),
		}
	})
	testsize.Check(t, testsize.N{Short: 50, Race: 500, Gate: 5_000, Soak: 1_000_000}, func(t *rapid.T) {
		l := new(ledger)
		t.Repeat(map[string]func(*rapid.T){
			"take": func(t *rapid.T) {
				l.give(t, payment.Take{Amount: money.Draw(t, "total"), Method: rapid.SampledFrom([]string{"tok_ok", "tok_flaky"}).Draw(t, "method"), At: noon})
			},
			"capture": func(t *rapid.T) { l.give(t, payment.Capture{Amount: money.Draw(t, "charged"), At: noon}) },
			"decline": func(t *rapid.T) { l.give(t, payment.Decline{Code: "card_declined", At: noon}) },
			"refund":  func(t *rapid.T) { l.give(t, payment.Refund{Charged: money.Draw(t, "charged"), At: noon}) },
			"": func(t *rapid.T) {
				s := l.state
				if !within(l.captured, l.taken) || !within(l.refunded, l.captured) || len(l.refunded) > len(l.captured) {
					t.Fatalf("taken %v, captured %v, refunded %v", l.taken, l.captured, l.refunded)
				}
				if s.Refunded.Amount > s.Captured.Amount || s.Captured.Amount > s.Amount.Amount {
					t.Fatalf("got %+v", s)
				}
				if (s.Status == payment.StatusRefunded) != (len(l.refunded) == 1) || s.Closed != l.closed {
					t.Fatalf("refunded %v, and the state is %+v", l.refunded, s)
				}
			},
		})
	})
}
