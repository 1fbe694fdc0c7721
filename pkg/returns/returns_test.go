package returns_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/publish"
	"github.com/daybook-es/daybook/pkg/returns"
)

// after is where a returned order leaves the shop.
const after = "payment refunded {Amount:10997 Currency:USD}, 10 of product-1, 5 of product-2, restock ended"

func TestAReturnIsRefundedAndEachProductIsReceivedAgain(t *testing.T) {
	s := newShop(t)
	if got := s.state(t); got != "payment captured {Amount:0 Currency:}, 8 of product-1, 4 of product-2, restock " {
		t.Fatalf("before: %s", got)
	}
	must(t, s.react(t.Context()))
	if got := s.state(t); got != after {
		t.Errorf("got %s", got)
	}
	for c, err := range s.store.Scan(t.Context(), 0, 1) {
		must(t, err)
		for r := range c.Recorded() {
			if strings.HasPrefix(r.Type, "payment.refunded") && (r.Correlation != "call-2" || r.Causation != "order/order-1@6" || r.Actor != "returns") {
				t.Errorf("%s comes from %+v", r.Type, r.Event)
			}
		}
	}
}

// Each reaction stands for itself: whatever becomes of the other one.
func TestNeitherReactionWaitsForTheOther(t *testing.T) {
	s := newShop(t)
	must(t, returns.Refund(s.world())(t.Context(), s.event))
	if got := s.state(t); got != "payment refunded {Amount:10997 Currency:USD}, 8 of product-1, 4 of product-2, restock " {
		t.Errorf("after the refund: %s", got)
	}
	must(t, returns.Restock(s.world())(t.Context(), s.event))
	if got := s.state(t); got != after {
		t.Errorf("after both: %s", got)
	}
}

func TestAnEventThatComesDaysLaterDoesNothingMore(t *testing.T) {
	s := newShop(t)
	must(t, s.react(t.Context()))
	s.rush(t, 200)
	for range 3 {
		must(t, s.react(t.Context()))
	}
	if got := s.state(t); got != strings.Replace(after, "10 of product-1", "210 of product-1", 1) {
		t.Errorf("got %s", got)
	}
}

// The program crashes at each of its effects, before it or after; others fill the
// stock until it knows of no commit of those days, and the event comes again.
func TestWhereverItCrashesTheSameEventDoesTheRest(t *testing.T) {
	for _, then := range []bool{false, true} {
		for at := 0; ; at++ {
			s := newShop(t)
			s.crash(at, then)
			crashed := s.react(t.Context())
			s.crash(-1, false)
			s.rush(t, 200)
			must(t, s.react(t.Context()))
			if got := s.state(t); got != strings.Replace(after, "10 of product-1", "210 of product-1", 1) {
				t.Errorf("crashed at effect %d, done: %v: %s", at, then, got)
			}
			if crashed == nil {
				if at != 6 { // gateway, payment, restock, two products, restock
					t.Errorf("it has %d effects", at)
				}
				break
			}
		}
	}
}

func TestOfManyAtOnceOneDoesIt(t *testing.T) {
	s := newShop(t)
	var all sync.WaitGroup
	gate, errs := make(chan struct{}), make(chan error, 20)
	for range 20 {
		all.Go(func() {
			<-gate
			for {
				err := s.react(t.Context())
				if !errors.Is(err, command.ErrContended) {
					errs <- err
					return
				}
			}
		})
	}
	close(gate)
	all.Wait()
	close(errs)
	for err := range errs {
		must(t, err)
	}
	if got := s.state(t); got != after {
		t.Errorf("got %s", got)
	}
}

// One that fell asleep anywhere on its way, while another did it all and the
// stock went on, wakes up and does no harm.
func TestOneThatOversleptDoesNothingMore(t *testing.T) {
	const most = 40
	for at := range most {
		s := newShop(t)
		slept := false
		s.before = func() {
			if at--; at >= 0 || slept {
				return
			}
			slept = true
			must(t, s.react(t.Context()))
			s.rush(t, 120)
		}
		err := s.react(t.Context())
		s.before = nil
		if err != nil && !errors.Is(err, command.ErrContended) {
			t.Fatal(err)
		}
		must(t, s.react(t.Context()))
		want := after
		if slept {
			want = strings.Replace(after, "10 of product-1", "130 of product-1", 1)
		}
		if got := s.state(t); got != want {
			t.Errorf("got %s", got)
		}
		if !slept {
			return
		}
	}
	t.Errorf("it did more than %d things", most)
}

func TestAnEventThatMakesNoSenseIsNoReturn(t *testing.T) {
	s := newShop(t)
	for name, change := range map[string]func(*publish.Event){
		"another event":   func(e *publish.Event) { e.Type = "OrderDelivered" },
		"another tenant":  func(e *publish.Event) { e.Tenant = "other" },
		"another stream":  func(e *publish.Event) { e.Stream = "order/order-2" },
		"no data":         func(e *publish.Event) { e.Data = nil },
		"data of another": func(e *publish.Event) { e.Data = []byte(`{"orderId":"order-1"}`) },
		"less than one piece": func(e *publish.Event) {
			e.Data = []byte(`{"orderId":"order-1","goods":[{"productId":"product-1","quantity":0}]}`)
		},
		"no product": func(e *publish.Event) { e.Data = []byte(`{"orderId":"order-1","goods":[{"quantity":1}]}`) },
		"no order's id": func(e *publish.Event) {
			e.Stream, e.Data = "order/a/b", []byte(`{"orderId":"a/b","goods":[{"productId":"product-1","quantity":1}]}`)
		},
	} {
		e := s.event
		change(&e)
		for _, react := range []returns.Reaction{returns.Refund(s.world()), returns.Restock(s.world())} {
			err := react(t.Context(), e)
			if _, ok := errors.AsType[*returns.SenselessError](err); !ok {
				t.Errorf("%s: got %v", name, err)
			}
		}
	}
	if got := s.state(t); !strings.HasPrefix(got, "payment captured") || !strings.HasSuffix(got, "restock ") {
		t.Errorf("got %s", got)
	}
}

// A client may use the very words, and stands in nobody's way.
func TestNoClientsKeyIsInTheWay(t *testing.T) {
	s := newShop(t)
	for _, key := range []string{"returned->order-1", "returned order-1", "order-1"} {
		_, err := s.world().Stock.Do(t.Context(), "product-1", command.Request{Key: key, Fingerprint: "f"}, stock.Receive{Quantity: 1, At: noon})
		must(t, err)
	}
	must(t, s.react(t.Context()))
	if got := s.state(t); got != strings.Replace(after, "10 of product-1", "13 of product-1", 1) {
		t.Errorf("got %s", got)
	}
}

func Example() {
	ctx := context.Background()
	s, err := open(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 2 { // a bus may bring it twice
		if err := returns.Restock(s.world())(ctx, s.event); err != nil {
			fmt.Println(err)
		}
	}
	lamp, err := s.world().Stock.State(ctx, "product-1")
	fmt.Println(lamp.State.OnHand, err)
	// Output: 10 <nil>
}
