package stock_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/daybook-es/daybook/internal/testsize"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/stock"
)

// A ledger says in the plainest way what stock has to come to: it forgets
// nothing.
type ledger struct {
	state    stock.State
	onHand   int64
	held     map[stock.OrderID]int64
	released map[stock.OrderID]time.Time // or fulfilled: when that step was entered
	clock    time.Time
}

func (l *ledger) give(t *rapid.T, c stock.Command) []stock.Event {
	events, err := c.Decide(l.state)
	if _, refused := domain.Refused(err); err != nil && !refused {
		t.Fatalf("%+v: %v is no refusal", c, err)
	}
	l.state = domain.Fold(l.state, events...)
	for _, e := range events {
		switch e := e.(type) {
		case stock.Received:
			l.onHand += e.Quantity
		case stock.Reserved:
			if at, over := l.released[e.OrderID]; over && !e.Entered.After(at) {
				t.Fatalf("%s was reserved at %v, after its end at %v", e.OrderID, e.Entered, at)
			}
			l.held[e.OrderID] = e.Quantity
		case stock.Released:
			l.end(t, e.OrderID, e.Quantity, e.Entered)
		case stock.Fulfilled:
			l.onHand -= e.Quantity
			l.end(t, e.OrderID, e.Quantity, e.Entered)
		}
	}
	return events
}

func (l *ledger) end(t *rapid.T, id stock.OrderID, quantity int64, entered time.Time) {
	if quantity != l.held[id] {
		t.Fatalf("%s held %d, and %d went", id, l.held[id], quantity)
	}
	delete(l.held, id)
	if entered.After(l.released[id]) {
		l.released[id] = entered
	}
}

// TestStockIsNeverOversoldAndNeverReservesWhatIsOver: whatever comes, early,
// late or again, also when the memory overflows.
func TestStockIsNeverOversoldAndNeverReservesWhatIsOver(t *testing.T) {
	events, _ := settling(1998, time.Millisecond)
	rush := domain.Fold(stock.State{}, events[1:]...) // two more are remembered, and then the first is forgotten
	testsize.Check(t, testsize.N{Short: 50, Race: 100, Gate: 1_000, Soak: 100_000}, func(t *rapid.T) {
		l := &ledger{held: map[stock.OrderID]int64{}, released: map[stock.OrderID]time.Time{}, clock: noon}
		order := rapid.Custom(func(t *rapid.T) stock.OrderID {
			return stock.OrderID(fmt.Sprint("order-", rapid.IntRange(1, 12).Draw(t, "order")))
		})
		quantity := rapid.Int64Range(1, 20)
		// A task may come long after its step was entered.
		entered := func(t *rapid.T) time.Time {
			return l.clock.Add(-time.Duration(rapid.IntRange(0, 30).Draw(t, "minutes late")) * time.Minute)
		}
		if rapid.Bool().Draw(t, "in a rush") {
			l.state = rush
		}
		t.Repeat(map[string]func(*rapid.T){
			"time": func(t *rapid.T) {
				l.clock = l.clock.Add(time.Duration(rapid.IntRange(1, 900).Draw(t, "seconds")) * time.Second)
			},
			"receive": func(t *rapid.T) { l.give(t, stock.Receive{Quantity: quantity.Draw(t, "quantity"), At: l.clock}) },
			"reserve": func(t *rapid.T) {
				l.give(t, stock.Reserve{OrderID: order.Draw(t, "order"), Quantity: quantity.Draw(t, "quantity"), Entered: entered(t), At: l.clock})
			},
			"release": func(t *rapid.T) {
				l.give(t, stock.Release{OrderID: order.Draw(t, "order"), Entered: entered(t), At: l.clock})
			},
			"fulfil": func(t *rapid.T) {
				l.give(t, stock.Fulfil{OrderID: order.Draw(t, "order"), Entered: entered(t), At: l.clock})
			},
			"": func(t *rapid.T) {
				var held int64
				for _, n := range l.held {
					held += n
				}
				if s := l.state; s.OnHand != l.onHand || s.ReservedTotal() != held || s.Available() != l.onHand-held || s.Available() < 0 {
					t.Fatalf("on hand %d, reserved %d, available %d; want %d, %d", s.OnHand, s.ReservedTotal(), s.Available(), l.onHand, held)
				}
				if n := len(slices.Concat(l.state.Settled...)); n > 2000*16 {
					t.Fatalf("%d bytes of memory", n)
				}
			},
		})
	})
}
