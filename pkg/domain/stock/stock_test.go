package stock_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/domaintest"
	"github.com/daybook-es/daybook/pkg/domain/stock"
)

type story = domaintest.Story[stock.State, stock.Event]

func tell(t *testing.T, stories ...story) {
	t.Helper()
	domaintest.Tell(t, stock.Aggregate, stories)
}

var (
	noon  = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	after = noon.Add(time.Minute)

	received  = stock.Received{Quantity: 10, At: noon}
	reserved  = stock.Reserved{OrderID: "order-1", Quantity: 4, Entered: noon, At: noon}
	released  = stock.Released{OrderID: "order-1", Quantity: 4, Entered: after, At: after}
	fulfilled = stock.Fulfilled{OrderID: "order-1", Quantity: 4, Entered: after, At: after}

	inStock = []stock.Event{received}
	held    = []stock.Event{received, reserved}
)

func TestReceiving(t *testing.T) {
	receive := func(n int64) stock.Receive { return stock.Receive{Quantity: n, At: noon} }
	tell(
		t,
		story{Name: "pieces are received", When: receive(10), Then: inStock},
		story{Name: "and more of them", Given: inStock, When: receive(1), Then: []stock.Event{stock.Received{Quantity: 1, At: noon}}},
		story{Name: "but not none", When: receive(0), Err: stock.ErrQuantity},
		story{Name: "nor fewer", When: receive(-1), Err: stock.ErrQuantity},
		story{Name: "nor more than a million at once", When: receive(1_000_001), Err: stock.ErrQuantity},
		story{Name: "nor more than can be counted", Given: []stock.Event{stock.Received{Quantity: math.MaxInt64}}, When: receive(1), Err: stock.ErrTooMuch},
	)
}

func TestReserving(t *testing.T) {
	reserve := func(id stock.OrderID, n int64) stock.Reserve {
		return stock.Reserve{OrderID: id, Quantity: n, Entered: noon, At: noon}
	}
	nothing := stock.Released{OrderID: "order-1", Entered: after, At: after}
	tell(
		t,
		story{Name: "pieces are reserved for an order", Given: inStock, When: reserve("order-1", 4), Then: []stock.Event{reserved}},
		story{Name: "twice, they are reserved once", Given: held, When: reserve("order-1", 4)},
		story{Name: "another quantity is refused", Given: held, When: reserve("order-1", 5), Err: stock.ErrReserved},
		story{
			Name: "all that is available can be reserved", Given: held, When: reserve("order-2", 6),
			Then: []stock.Event{stock.Reserved{OrderID: "order-2", Quantity: 6, Entered: noon, At: noon}},
		},
		story{Name: "and not one piece more", Given: held, When: reserve("order-2", 7), Err: stock.ErrInsufficient},
		story{Name: "none is no reservation", Given: inStock, When: reserve("order-2", 0), Err: stock.ErrQuantity},
		story{Name: "of a product never received, nothing", When: reserve("order-1", 1), Err: stock.ErrNotReceived},
		story{Name: "a release does not make the product", Given: []stock.Event{nothing}, When: reserve("order-2", 1), Err: stock.ErrNotReceived},
		story{Name: "what was released is not reserved by a late task", Given: append(held, released), When: reserve("order-1", 4), Err: stock.ErrSettled},
		story{Name: "nor when the release came first", Given: append(inStock, nothing), When: reserve("order-1", 4), Err: stock.ErrSettled},
		story{Name: "nor what was fulfilled", Given: append(held, fulfilled), When: reserve("order-1", 4), Err: stock.ErrSettled},
	)
}

func TestReleasingAndFulfilling(t *testing.T) {
	release, fulfil := stock.Release{OrderID: "order-1", Entered: after, At: after}, stock.Fulfil{OrderID: "order-1", Entered: after, At: after}
	nothing := stock.Released{OrderID: "order-1", Entered: after, At: after}
	tell(
		t,
		story{Name: "what is held is released", Given: held, When: release, Then: []stock.Event{released}},
		story{Name: "what is not held is released too, so that it never will be", Given: inStock, When: release, Then: []stock.Event{nothing}},
		story{Name: "also of a product that was never received", When: release, Then: []stock.Event{nothing}},
		story{Name: "what was fulfilled is not released", Given: append(held, fulfilled), When: release},
		story{Name: "what is held is fulfilled", Given: held, When: fulfil, Then: []stock.Event{fulfilled}},
		story{Name: "what is not held is not fulfilled", Given: inStock, When: fulfil},
		story{Name: "nor what was released", Given: append(held, released), When: fulfil},
	)
}

// settling returns a stock in which so many orders were released, one every
// pace, and when the last of them was.
func settling(orders int, pace time.Duration) ([]stock.Event, time.Time) {
	events := []stock.Event{stock.Received{Quantity: 10, At: noon}}
	at := noon
	for n := range orders {
		at = at.Add(pace)
		events = append(events, stock.Released{OrderID: stock.OrderID(fmt.Sprint("gone-", n)), Entered: at, At: at})
	}
	return events, at
}

func TestStockForgetsSafely(t *testing.T) {
	reserve := func(id stock.OrderID, entered time.Time) stock.Reserve {
		return stock.Reserve{OrderID: id, Quantity: 1, Entered: entered, At: entered}
	}
	slow, end := settling(15, time.Minute)
	floor := noon.Add(4 * time.Minute) // gone-3 is the last that is older than ten minutes
	busy, _ := settling(2001, time.Millisecond)
	tell(
		t,
		story{Name: "an order of ten minutes ago is remembered", Given: slow, When: reserve("gone-4", noon), Err: stock.ErrSettled},
		story{Name: "one before it is forgotten, and refused by the floor", Given: slow, When: reserve("gone-3", noon.Add(3*time.Minute)), Err: stock.ErrTooLate},
		story{Name: "so is every reservation entered at the floor", Given: slow, When: reserve("new", floor), Err: stock.ErrTooLate},
		story{
			Name: "one entered after it is granted", Given: slow, When: reserve("new", floor.Add(1)),
			Then: []stock.Event{stock.Reserved{OrderID: "new", Quantity: 1, Entered: floor.Add(1), At: floor.Add(1)}},
		},
		story{Name: "what the floor refuses needs no release", Given: slow, When: stock.Release{OrderID: "new", Entered: floor, At: end}},
		story{Name: "two thousand orders are remembered", Given: busy, When: reserve("gone-1", noon), Err: stock.ErrSettled},
		story{Name: "and not one more", Given: busy, When: reserve("gone-0", noon), Err: stock.ErrTooLate},
		story{
			Name: "the floor is at the time of the forgotten one", Given: busy, When: reserve("new", noon.Add(time.Millisecond+1)),
			Then: []stock.Event{stock.Reserved{OrderID: "new", Quantity: 1, Entered: noon.Add(time.Millisecond + 1), At: noon.Add(time.Millisecond + 1)}},
		},
	)
}

func TestALateTaskIsRefusedWhateverTheFractionOfItsMillisecond(t *testing.T) {
	entered := noon.Add(700 * time.Microsecond)
	given := []stock.Event{received, stock.Released{OrderID: "x", Entered: noon.Add(900 * time.Microsecond)}, stock.Released{OrderID: "y", Entered: noon.Add(time.Hour)}}
	domaintest.Check(t, stock.Aggregate, story{Given: given, When: stock.Reserve{OrderID: "x", Quantity: 1, Entered: entered}, Err: stock.ErrTooLate})
}

func TestTheStateIsWhatTheEventsSay(t *testing.T) {
	s := domain.Fold(stock.State{}, append(held, stock.Reserved{OrderID: "order-2", Quantity: 3})...)
	if !s.Received || s.OnHand != 10 || s.ReservedTotal() != 7 || s.Available() != 3 {
		t.Errorf("held: %+v", s)
	}
	s = domain.Fold[stock.State, stock.Event](s, fulfilled, stock.Released{OrderID: "order-2", Quantity: 3})
	if s.OnHand != 6 || s.ReservedTotal() != 0 || s.Available() != 6 {
		t.Errorf("settled: %+v", s)
	}
}

func TestWhatIsStoredIsPinned(t *testing.T) {
	domaintest.Golden[stock.State, stock.Event](t, stock.Aggregate, "testdata", received, reserved, released, fulfilled)
}

func FuzzEvents(f *testing.F) {
	for _, e := range []stock.Event{received, reserved, released, fulfilled} {
		name, data, err := stock.Events.Encode(e)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(name, data)
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) { domaintest.Fuzz(t, stock.Aggregate, name, data) })
}

func Example() {
	state := domain.Fold(stock.State{}, held...)
	_, err := stock.Reserve{OrderID: "order-2", Quantity: 7, Entered: noon}.Decide(state)
	fmt.Println(state.Available(), err)
	// Output: 6 there are not enough pieces available: 7 wanted, 6 available
}

func BenchmarkSettle(b *testing.B) {
	events, at := settling(2500, time.Millisecond)
	s := domain.Fold(stock.State{}, events...)
	e := stock.Released{OrderID: "one-more", Entered: at, At: at}
	for b.Loop() {
		e.Evolve(s)
	}
}
