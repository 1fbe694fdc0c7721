package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/fulfilment/sandbox"
	"github.com/daybook-es/daybook/pkg/saga"
)

func by(method string) fulfilment.Charge {
	return fulfilment.Charge{OrderID: "ord-1", Amount: domain.Money{Amount: 2999, Currency: "USD"}, Method: method}
}

func to(postalCode string) fulfilment.Parcel {
	return fulfilment.Parcel{OrderID: "ord-1", Name: "Ada", Line1: "1 Main St", City: "Springfield", PostalCode: postalCode, Country: "US"}
}

func at(email string) fulfilment.Message {
	return fulfilment.Message{OrderID: "ord-1", Email: email, Text: "Your order is on its way."}
}

// A story is how often somebody does and takes back under one key, and what is
// answered each time.
type story[In any] struct {
	name string
	in   In
	do   []string
	undo []string
}

func tell[In, Out any](t *testing.T, of func(sandbox.Ledger) fulfilment.Port[In, Out], stories []story[In]) {
	t.Helper()
	for _, s := range stories {
		t.Run(s.name, func(t *testing.T) {
			l := new(sandbox.Memory)
			var do, undo []string
			for range s.do {
				out, err := of(l).Do(t.Context(), "k", s.in) // a new one each time: it remembers nothing itself
				do = append(do, answer(out, err))
			}
			for range s.undo {
				back, err := of(l).Undo(t.Context(), "k")
				if undo = append(undo, answer(back, err)); back != nil {
					undo[len(undo)-1] = answer(*back, err)
				}
				if _, err := of(l).Do(t.Context(), "k", s.in); !errors.Is(err, fulfilment.ErrBarred) {
					t.Errorf("done after that: %v", err)
				}
			}
			if !slices.Equal(do, s.do) || !slices.Equal(undo, s.undo) {
				t.Errorf("got  %q and taken back %q\nwant %q and taken back %q", do, undo, s.do, s.undo)
			}
		})
	}
}

func answer(out any, err error) string {
	switch r, refused := domain.Refused(err); {
	case refused:
		return r.Code
	case errors.Is(err, saga.ErrUnavailable):
		return "unavailable"
	case err != nil:
		return err.Error()
	default:
		return fmt.Sprint(out)
	}
}

func TestTheGatewayGoesByTheMethod(t *testing.T) {
	const all, busy, none = "{2999 USD}", "unavailable", "<nil>"
	tell(t, sandbox.Gateway, []story[fulfilment.Charge]{
		{"tok_ok is captured", by("tok_ok"), []string{all, all}, []string{all, all}},
		{"tok_flaky is captured at the third try", by("tok_flaky"), []string{busy, busy, all, all}, []string{all, all}},
		{"tok_flaky given up was not captured", by("tok_flaky"), []string{busy}, []string{none, none}},
		{"tok_declined is refused", by("tok_declined"), []string{"payment.declined", "payment.declined"}, []string{none, none}},
		{"tok_insufficient_funds is refused", by("tok_insufficient_funds"), []string{"payment.insufficient_funds"}, []string{none}},
		{"tok_refund_flaky is captured, and given back at the third try", by("tok_refund_flaky"), []string{all, all}, []string{busy, busy, all, all}},
		{"tok_refund_flaky that was never tried is barred at once", by("tok_refund_flaky"), nil, []string{none, none}},
		{"a method that it does not know is refused", by("tok_gold"), []string{"payment.unknown_method"}, []string{none}},
	})
}

func TestTheCarrierGoesByThePostalCode(t *testing.T) {
	const booked, busy, none = "{TRK8254C329A928}", "unavailable", "<nil>"
	tell(t, sandbox.Carrier, []story[fulfilment.Parcel]{
		{"a parcel is booked", to("10115"), []string{booked, booked}, []string{booked, booked}},
		{"00000 is refused", to("00000"), []string{"shipment.address_refused", "shipment.address_refused"}, []string{none}},
		{"00001 is booked at the third try", to("00001"), []string{busy, busy, booked, booked}, []string{booked}},
		{"00001 given up was not booked", to("00001"), []string{busy, busy}, []string{none}},
	})
}

func TestTheNotifierGoesByTheEmail(t *testing.T) {
	const sent, unsent, none = "{true}", "{false}", "<nil>"
	tell(t, sandbox.Notifier, []story[fulfilment.Message]{
		{"a message is sent", at("ada@example.com"), []string{sent, sent}, []string{sent}},
		{"without an address nothing is sent, and nothing is wrong", at(""), []string{unsent, unsent}, []string{unsent}},
		{"what is no address is refused", at("nowhere"), []string{"message.no_address"}, []string{none}},
	})
}

func TestAParcelHasATrackingNumberOfItsOwn(t *testing.T) {
	carrier := sandbox.Carrier(new(sandbox.Memory))
	one, _ := carrier.Do(t.Context(), "one", to("10115"))
	two, _ := carrier.Do(t.Context(), "two", to("10115"))
	if one == two {
		t.Errorf("both have %v", one)
	}
}

// silent checks that no Do under the key is answered before its context ends.
func silent[In, Out any](t *testing.T, port fulfilment.Port[In, Out], in In) {
	t.Helper()
	for range 2 {
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		_, err := port.Do(ctx, "k", in)
		cancel()
		if !errors.Is(err, saga.ErrUnavailable) || time.Since(began) != 10*time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	}
}

func TestAChargeThatIsNeverAnsweredHappensOnceAndIsGivenBackAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := new(sandbox.Memory)
		gateway := sandbox.Gateway(l)
		silent(t, gateway, by("tok_timeout_after_charge"))
		if e := entry(t, l, "k"); e.Done != 1 || e.Undone != 0 {
			t.Errorf("the ledger says %+v", e)
		}
		began := time.Now()
		back, err := gateway.Undo(t.Context(), "k")
		if want := by("").Amount; err != nil || back == nil || *back != want {
			t.Errorf("given back %v, %v; want %v", back, err, want)
		}
		if _, err := gateway.Do(t.Context(), "k", by("tok_timeout_after_charge")); !errors.Is(err, fulfilment.ErrBarred) {
			t.Errorf("done after that: %v", err)
		}
		if e := entry(t, l, "k"); e.Done != 1 || e.Undone != 1 || time.Since(began) != 0 {
			t.Errorf("after %v the ledger says %+v", time.Since(began), e)
		}
	})
}

func TestAChargeIsGivenBackWhileItsAnswerIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gateway := sandbox.Gateway(new(sandbox.Memory))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() {
			_, err := gateway.Do(ctx, "k", by("tok_timeout_after_charge"))
			ended <- err
		}()
		synctest.Wait()
		if back, err := gateway.Undo(t.Context(), "k"); err != nil || back == nil {
			t.Errorf("given back %v, %v", back, err)
		}
		cancel()
		if err := <-ended; !errors.Is(err, saga.ErrUnavailable) || !errors.Is(err, context.Canceled) {
			t.Errorf("it ended with %v", err)
		}
	})
}

func TestANotifierThatIsDownNeverAnswersAndSendsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := new(sandbox.Memory)
		silent(t, sandbox.Notifier(l), at("down@example.com"))
		if back, err := sandbox.Notifier(l).Undo(t.Context(), "k"); err != nil || back != nil {
			t.Errorf("taken back %v, %v", back, err)
		}
		if e := entry(t, l, "k"); e.Done != 0 || !e.Barred {
			t.Errorf("the ledger says %+v", e)
		}
	})
}

func TestWhoeverGaveUpBeforeAsksForNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	l := new(sandbox.Memory)
	_, do := sandbox.Gateway(l).Do(ctx, "k", by("tok_ok"))
	_, undo := sandbox.Gateway(l).Undo(ctx, "k")
	if !errors.Is(do, context.Canceled) || !errors.Is(undo, context.Canceled) || len(kept(t, l)) > 0 {
		t.Errorf("got %v, %v; the ledger keeps %v", do, undo, kept(t, l))
	}
}

// full is a ledger that cannot be written.
type full struct{ sandbox.Ledger }

var errFull = errors.New("full")

func (full) Change(_ context.Context, _ string, f func([]byte) ([]byte, error)) error {
	_, _ = f(nil)
	return errFull
}

func TestWhatTheLedgerDoesNotKeepIsNotAnswered(t *testing.T) {
	out, err := sandbox.Gateway(full{}).Do(t.Context(), "k", by("tok_ok"))
	if !errors.Is(err, errFull) || out != (domain.Money{}) {
		t.Errorf("done %v, %v", out, err)
	}
	back, err := sandbox.Gateway(full{}).Undo(t.Context(), "k")
	if !errors.Is(err, errFull) || back != nil {
		t.Errorf("taken back %v, %v", back, err)
	}
}
