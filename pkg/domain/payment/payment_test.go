package payment_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/domaintest"
	"github.com/daybook-es/daybook/pkg/domain/payment"
)

type story = domaintest.Story[payment.State, payment.Event]

func tell(t *testing.T, stories ...story) {
	t.Helper()
	domaintest.Tell(t, payment.Aggregate, stories)
}

var (
	noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

	take    = payment.Take{Amount: usd(5998), Method: "tok_ok", At: noon}
	capture = payment.Capture{Amount: usd(5998), At: noon}
	decline = payment.Decline{Code: "card_declined", Reason: "the bank said no", At: noon}
	free    = payment.Take{Amount: usd(0), Method: "tok_ok", At: noon}

	taken    = payment.Taken(take)
	captured = payment.Captured(capture)
	declined = payment.Declined(decline)
	refunded = payment.Refunded{Amount: usd(5998), At: noon}
	nothing  = payment.Refunded{At: noon}

	// One way to each status, and each way to be closed.
	asked     = []payment.Event{taken}
	paid      = []payment.Event{taken, captured}
	refused   = []payment.Event{taken, declined}
	givenBack = []payment.Event{taken, captured, refunded}
	untried   = []payment.Event{nothing}
	uncharged = []payment.Event{taken, nothing}
	undone    = []payment.Event{taken, declined, nothing}
	unheard   = []payment.Event{captured, refunded}
)

func usd(cents int64) domain.Money { return domain.Money{Amount: cents, Currency: "USD"} }

var euros = domain.Money{Amount: 5998, Currency: "EUR"}

func TestTaking(t *testing.T) {
	of := func(m domain.Money) payment.Take { return payment.Take{Amount: m, Method: "tok_ok", At: noon} }
	tell(
		t,
		story{Name: "the total is taken", When: take, Then: asked},
		story{Name: "a free order's is nothing, in its currency", When: free, Then: []payment.Event{payment.Taken(free)}},
		story{Name: "an amount is not negative", When: of(usd(-1)), Err: payment.ErrAmount},
		story{Name: "an amount has a currency", When: of(domain.Money{Amount: 1}), Err: payment.ErrAmount},
		story{Name: "and one that exists", When: of(domain.Money{Amount: 1, Currency: "ABC"}), Err: payment.ErrAmount},
		story{Name: "twice, it is taken once", Given: asked, When: take},
		story{Name: "also when it was captured since", Given: paid, When: take},
		story{Name: "or declined", Given: refused, When: take},
		story{Name: "another amount is refused", Given: asked, When: of(usd(5999)), Err: payment.ErrAmountDiffers},
		story{Name: "so is another currency", Given: asked, When: of(euros), Err: payment.ErrAmountDiffers},
		story{Name: "so is another method", Given: asked, When: payment.Take{Amount: usd(5998), Method: "tok_flaky"}, Err: payment.ErrMethodDiffers},
	)
}

func TestCapturing(t *testing.T) {
	of := func(m domain.Money) payment.Capture { return payment.Capture{Amount: m, At: noon} }
	tell(
		t,
		story{Name: "what was taken is captured", Given: asked, When: capture, Then: []payment.Event{captured}},
		story{
			Name: "also the nothing of a free order", Given: []payment.Event{payment.Taken(free)},
			When: of(usd(0)), Then: []payment.Event{payment.Captured{Amount: usd(0), At: noon}},
		},
		story{Name: "twice, it is captured once", Given: paid, When: capture},
		story{Name: "what was not taken is not captured", When: capture, Err: payment.ErrNotTaken},
		story{Name: "nor less than was taken", Given: asked, When: of(usd(5997)), Err: payment.ErrAmountDiffers},
		story{Name: "nor more", Given: asked, When: of(usd(5999)), Err: payment.ErrAmountDiffers},
		story{Name: "nor in another currency", Given: asked, When: of(euros), Err: payment.ErrAmountDiffers},
		story{Name: "nor another amount after it", Given: paid, When: of(usd(1)), Err: payment.ErrAmountDiffers},
		story{Name: "nor what was declined", Given: refused, When: capture, Err: payment.ErrDeclined},
	)
}

func TestDeclining(t *testing.T) {
	tell(
		t,
		story{Name: "what was taken is declined", Given: asked, When: decline, Then: []payment.Event{declined}},
		story{Name: "the first no stands", Given: refused, When: payment.Decline{Code: "insufficient_funds"}},
		story{Name: "what was not taken is not declined", When: decline, Err: payment.ErrNotTaken},
		story{Name: "nor what was captured", Given: paid, When: decline, Err: payment.ErrCaptured},
	)
}

func TestALateTaskIsRefused(t *testing.T) {
	for name, given := range map[string][]payment.Event{
		"a refund": givenBack, "a refund of what was never tried": untried, "a refund of what was never charged": uncharged,
		"a refund of what was declined": undone, "a refund of what was never heard of": unheard,
	} {
		tell(
			t,
			story{Name: "nothing is taken after " + name, Given: given, When: take, Err: payment.ErrClosed},
			story{Name: "nothing is captured after " + name, Given: given, When: capture, Err: payment.ErrClosed},
			story{Name: "nothing is declined after " + name, Given: given, When: decline, Err: payment.ErrClosed},
		)
	}
}

func TestTheStateIsWhatTheEventsSay(t *testing.T) {
	all := usd(5998)
	for name, c := range map[string]struct {
		events []payment.Event
		want   payment.State
	}{
		"none":     {nil, payment.State{}},
		"taken":    {asked, payment.State{Status: payment.StatusTaken, Method: "tok_ok", Amount: all}},
		"captured": {paid, payment.State{Status: payment.StatusCaptured, Method: "tok_ok", Amount: all, Captured: all}},
		"declined": {refused, payment.State{Status: payment.StatusDeclined, Method: "tok_ok", Amount: all}},
		"refunded": {givenBack, payment.State{Status: payment.StatusRefunded, Method: "tok_ok", Amount: all, Captured: all, Refunded: all, Closed: true}},

		"never tried stays none":         {untried, payment.State{Closed: true}},
		"never charged stays taken":      {uncharged, payment.State{Status: payment.StatusTaken, Method: "tok_ok", Amount: all, Closed: true}},
		"declined stays declined":        {undone, payment.State{Status: payment.StatusDeclined, Method: "tok_ok", Amount: all, Closed: true}},
		"a capture says what was asked":  {[]payment.Event{captured}, payment.State{Status: payment.StatusCaptured, Amount: all, Captured: all}},
		"never heard of, it is refunded": {unheard, payment.State{Status: payment.StatusRefunded, Amount: all, Captured: all, Refunded: all, Closed: true}},
	} {
		if got := domain.Fold(payment.State{}, c.events...); got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}

func TestWhatIsStoredIsPinned(t *testing.T) {
	domaintest.Golden[payment.State, payment.Event](t, payment.Aggregate, "testdata", taken, captured, declined, refunded)
}

func FuzzEvents(f *testing.F) {
	for _, e := range []payment.Event{taken, captured, declined, refunded, nothing} {
		name, data, err := payment.Events.Encode(e)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(name, data)
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) { domaintest.Fuzz(t, payment.Aggregate, name, data) })
}

func Example() {
	// The charge was never answered, so the gateway is asked to give it back.
	state := domain.Fold(payment.State{}, asked...)
	events, err := payment.Refund{Charged: usd(5998), At: noon}.Decide(state)
	fmt.Println(events[0].EventType(), events[1].EventType(), err)
	_, err = capture.Decide(domain.Fold(state, events...))
	fmt.Println(err)
	// Output:
	// payment.captured.v1 payment.refunded.v1 <nil>
	// the payment was taken back, and nothing more is charged
}
