package order_test

import (
	"math"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/domaintest"
	"github.com/daybook-es/daybook/pkg/domain/order"
)

type story = domaintest.Story[order.State, order.Event]

func tell(t *testing.T, stories ...story) {
	t.Helper()
	domaintest.Tell(t, order.Aggregate, stories)
}

var (
	noon  = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	later = noon.Add(time.Hour)

	lamp = goods("lamp", 2, 2999)
	desk = goods("desk", 1, 4999)

	recipient = order.Recipient{
		Name: "Ada", Line1: "1 Main St", City: "Springfield", PostalCode: "12345", Country: "US", Email: "ada@example.com",
	}
	place  = order.Place{CustomerID: "cust-1", Items: []order.Item{lamp}, Recipient: recipient, PaymentMethod: "tok_ok", At: noon}
	placed = order.Placed(place)

	submitted     = order.Submitted{At: noon}
	confirmed     = order.Confirmed{Payment: usd(5998), At: noon}
	shipped       = order.Shipped{TrackingNumber: "track-1", At: noon}
	delivered     = order.Delivered{At: noon}
	returned      = order.Returned{Reason: "it wobbles", Goods: []order.Goods{{ProductID: "lamp", Quantity: 2}}, At: noon}
	cancelStarted = order.CancelStarted{Reason: "too slow", At: noon}
	cancelled     = order.Cancelled{Reason: "too slow", At: noon}

	// One way to each status.
	pending    = []order.Event{placed}
	handedIn   = []order.Event{placed, submitted}
	paid       = []order.Event{placed, submitted, confirmed}
	onItsWay   = []order.Event{placed, submitted, confirmed, shipped}
	arrived    = []order.Event{placed, submitted, confirmed, shipped, delivered}
	back       = []order.Event{placed, submitted, confirmed, shipped, delivered, returned}
	cancelling = []order.Event{placed, submitted, confirmed, cancelStarted}
	gone       = []order.Event{placed, cancelled}
)

func usd(cents int64) domain.Money { return domain.Money{Amount: cents, Currency: "USD"} }

func goods(id order.ProductID, quantity, cents int64) order.Item {
	return order.Item{ProductID: id, Name: "a " + string(id), Quantity: quantity, UnitPrice: usd(cents)}
}

func of(items ...order.Item) order.Place {
	p := place
	p.Items = items
	return p
}

func TestPlacing(t *testing.T) {
	nobody, strange := place, place
	nobody.CustomerID = ""
	strange.PaymentMethod = "tok_gold"
	other := place
	other.CustomerID = "cust-2"
	euro := desk
	euro.UnitPrice.Currency = "EUR"
	bare := lamp
	bare.UnitPrice.Currency = ""
	shells := lamp
	shells.UnitPrice.Currency = "ABC"
	many := make([]order.Item, 101)
	for i := range many {
		many[i] = goods(order.ProductID(rune('a'+i%26))+order.ProductID(rune('a'+i/26)), 1, 1)
	}
	huge := make([]order.Item, 100)
	for i := range huge {
		huge[i] = goods(many[i].ProductID, order.MaxQuantity, order.MaxPrice)
	}
	free := of(goods("leaflet", 1, 0))
	full := of(many[:100]...)
	tell(
		t,
		story{Name: "an order is placed", When: place, Then: []order.Event{placed}},
		story{Name: "a price may be nothing", When: free, Then: []order.Event{order.Placed(free)}},
		story{Name: "an order may have a hundred items", When: full, Then: []order.Event{order.Placed(full)}},
		story{Name: "and not one more", When: of(many...), Err: order.ErrTooManyItems},
		story{Name: "an order needs a customer", When: nobody, Err: order.ErrNoCustomer},
		story{Name: "an order needs an item", When: of(), Err: order.ErrNoItems},
		story{Name: "an item needs a product", When: of(goods("", 1, 1)), Err: order.ErrNoProduct},
		story{Name: "each product stands once", When: of(lamp, desk, lamp), Err: order.ErrProductTwice},
		story{Name: "a quantity is not zero", When: of(goods("lamp", 0, 1)), Err: order.ErrQuantity},
		story{Name: "a quantity is not negative", When: of(goods("lamp", -1, 1)), Err: order.ErrQuantity},
		story{Name: "a quantity has an end", When: of(goods("lamp", 1_000_001, 1)), Err: order.ErrQuantity},
		story{Name: "a price is not negative", When: of(goods("lamp", 1, -1)), Err: order.ErrPrice},
		story{Name: "a price has an end", When: of(goods("lamp", 1, 1_000_000_000_001)), Err: order.ErrPrice},
		story{Name: "a price has a currency", When: of(bare), Err: order.ErrPrice},
		story{Name: "and one that exists", When: of(shells), Err: order.ErrPrice},
		story{Name: "an order has one currency", When: of(lamp, euro), Err: order.ErrMixedCurrencies},
		story{Name: "a total that cannot be counted is refused", When: of(huge...), Err: domain.ErrOverflow},
		story{Name: "a payment method is one that is known", When: strange, Err: order.ErrUnknownPaymentMethod},
		story{Name: "placing the same again changes nothing", Given: handedIn, When: place},
		story{Name: "an order is not placed over another", Given: pending, When: other, Err: order.ErrAlreadyPlaced},
	)
}

func TestEditing(t *testing.T) {
	add := order.AddItem{Item: desk, At: later}
	dearer := lamp
	dearer.UnitPrice = usd(3000)
	euro := desk
	euro.UnitPrice.Currency = "EUR"
	full := order.Placed(of(goods("lamp", order.MaxQuantity, 1)))
	replace := order.ReplaceItems{Items: []order.Item{desk}, At: later}
	both := []order.Event{placed, order.ItemAdded{Item: desk, At: noon}}
	tell(
		t,
		story{Name: "an item is added", Given: pending, When: add, Then: []order.Event{order.ItemAdded(add)}},
		story{
			Name: "more of a product is added at the same price", Given: pending,
			When: order.AddItem{Item: lamp, At: later}, Then: []order.Event{order.ItemAdded{Item: lamp, At: later}},
		},
		story{Name: "but not at another price", Given: pending, When: order.AddItem{Item: dearer}, Err: order.ErrPriceDiffers},
		story{Name: "nor in another currency", Given: pending, When: order.AddItem{Item: euro}, Err: order.ErrMixedCurrencies},
		story{Name: "nor beyond the largest quantity", Given: []order.Event{full}, When: order.AddItem{Item: goods("lamp", 1, 1)}, Err: order.ErrQuantity},
		story{Name: "nor by a quantity that would wrap round", Given: pending, When: order.AddItem{Item: goods("lamp", math.MaxInt64, 2999)}, Err: order.ErrQuantity},
		story{
			Name: "an item is removed", Given: both,
			When: order.RemoveItem{ProductID: "lamp", At: later}, Then: []order.Event{order.ItemRemoved{ProductID: "lamp", At: later}},
		},
		story{Name: "one that is not there is out already", Given: pending, When: order.RemoveItem{ProductID: "desk"}},
		story{Name: "the last one stays", Given: pending, When: order.RemoveItem{ProductID: "lamp"}, Err: order.ErrNoItems},
		story{Name: "items are replaced", Given: pending, When: replace, Then: []order.Event{order.ItemsReplaced(replace)}},
		story{Name: "by themselves, nothing changes", Given: pending, When: order.ReplaceItems{Items: []order.Item{lamp}}},
		story{Name: "but not by nothing", Given: pending, When: order.ReplaceItems{}, Err: order.ErrNoItems},
	)
	for name, given := range map[string][]order.Event{
		"submitted": handedIn, "confirmed": paid, "shipped": onItsWay, "delivered": arrived, "returned": back, "cancelling": cancelling, "cancelled": gone,
	} {
		tell(
			t,
			story{Name: "nothing is added once it is " + name, Given: given, When: add, Err: order.ErrNotPending},
			story{Name: "nothing is removed once it is " + name, Given: given, When: order.RemoveItem{ProductID: "x"}, Err: order.ErrNotPending},
			story{Name: "nothing is replaced once it is " + name, Given: given, When: replace, Err: order.ErrNotPending},
		)
	}
}

func TestSubmittingConfirmingShippingDelivering(t *testing.T) {
	submit, ship, deliver := order.Submit{At: noon}, order.Ship{TrackingNumber: "track-1", At: noon}, order.Deliver{At: noon}
	confirm := order.Confirm{Payment: usd(5998), At: noon}
	euros := order.Confirm{Payment: domain.Money{Amount: 5998, Currency: "EUR"}}
	tell(
		t,
		story{Name: "a pending order is submitted", Given: pending, When: submit, Then: []order.Event{submitted}},
		story{Name: "a shipped order was submitted already", Given: onItsWay, When: submit},
		story{Name: "a cancelled order is not submitted", Given: gone, When: submit, Err: order.ErrCancelled},
		story{Name: "nor one that is being cancelled", Given: cancelling, When: submit, Err: order.ErrCancelled},

		story{Name: "a submitted order is confirmed by its total", Given: handedIn, When: confirm, Then: []order.Event{confirmed}},
		story{Name: "a delivered order was confirmed already", Given: arrived, When: confirm},
		story{Name: "and so was a returned one", Given: back, When: confirm},
		story{Name: "but not by less", Given: handedIn, When: order.Confirm{Payment: usd(5997)}, Err: order.ErrPaymentDiffers},
		story{Name: "nor by more", Given: handedIn, When: order.Confirm{Payment: usd(5999)}, Err: order.ErrPaymentDiffers},
		story{Name: "nor in another currency", Given: handedIn, When: euros, Err: order.ErrPaymentDiffers},
		story{Name: "nor before it is submitted", Given: pending, When: confirm, Err: order.ErrNotSubmitted},
		story{Name: "nor once it is being cancelled", Given: cancelling, When: confirm, Err: order.ErrCancelled},
		story{Name: "nor once it is cancelled", Given: gone, When: confirm, Err: order.ErrCancelled},

		story{Name: "a confirmed order is shipped", Given: paid, When: ship, Then: []order.Event{shipped}},
		story{Name: "a delivered order was shipped already", Given: arrived, When: ship},
		story{Name: "so was one that came back", Given: back, When: ship},
		story{Name: "what is not confirmed is not shipped", Given: handedIn, When: ship, Err: order.ErrNotConfirmed},
		story{Name: "nor is a pending order", Given: pending, When: ship, Err: order.ErrNotConfirmed},
		story{Name: "nor one that is being cancelled", Given: cancelling, When: ship, Err: order.ErrCancelled},
		story{Name: "nor a cancelled one", Given: gone, When: ship, Err: order.ErrCancelled},

		story{Name: "a shipped order is delivered", Given: onItsWay, When: deliver, Then: []order.Event{delivered}},
		story{Name: "what came back was delivered already", Given: back, When: deliver},
		story{Name: "what is not shipped is not delivered", Given: paid, When: deliver, Err: order.ErrNotShipped},
		story{Name: "nor is what was cancelled", Given: gone, When: deliver, Err: order.ErrNotShipped},
	)
}

func TestCancelling(t *testing.T) {
	cancel, begin, end := order.Cancel{Reason: "too slow", At: noon}, order.BeginCancel{Reason: "too slow", At: noon}, order.EndCancel{At: noon}
	tell(
		t,
		story{Name: "a pending order is cancelled at once", Given: pending, When: cancel, Then: []order.Event{cancelled}},
		story{Name: "a submitted order begins to be cancelled", Given: handedIn, When: cancel, Then: []order.Event{cancelStarted}},
		story{Name: "a confirmed order begins to be cancelled", Given: paid, When: cancel, Then: []order.Event{cancelStarted}},
		story{Name: "a cancellation keeps the reason it was started for", Given: cancelling, When: order.Cancel{Reason: "another", At: later}},
		story{Name: "also once it is at its end", Given: gone, When: order.Cancel{Reason: "another", At: later}},
		story{Name: "nothing shipped is cancelled", Given: onItsWay, When: cancel, Err: order.ErrShipped},
		story{Name: "nothing delivered is cancelled", Given: arrived, When: cancel, Err: order.ErrShipped},
		story{Name: "nor what came back", Given: back, When: cancel, Err: order.ErrShipped},

		story{Name: "cancelling a submitted order is started", Given: handedIn, When: begin, Then: []order.Event{cancelStarted}},
		story{Name: "cancelling a confirmed order is started", Given: paid, When: begin, Then: []order.Event{cancelStarted}},
		story{Name: "it is started once", Given: cancelling, When: order.BeginCancel{Reason: "another", At: later}},
		story{Name: "a pending order is cancelled at once instead", Given: pending, When: begin, Err: order.ErrNotSubmitted},
		story{Name: "a shipped order has won", Given: onItsWay, When: begin},
		story{Name: "a delivered order has won", Given: arrived, When: begin},
		story{Name: "and so has one that came back", Given: back, When: begin},
		story{Name: "a cancelled order is cancelled", Given: gone, When: begin},

		story{
			Name: "a cancellation ends for the reason it was started for", Given: cancelling,
			When: order.EndCancel{At: later}, Then: []order.Event{order.Cancelled{Reason: "too slow", At: later}},
		},
		story{Name: "what is at its end has no other", Given: gone, When: end},
		story{Name: "no cancellation of a pending order ends", Given: pending, When: end, Err: order.ErrNotCancelling},
		story{Name: "nor of a submitted one", Given: handedIn, When: end, Err: order.ErrNotCancelling},
		story{Name: "nor of a confirmed one", Given: paid, When: end, Err: order.ErrNotCancelling},
		story{Name: "nor of a shipped one", Given: onItsWay, When: end, Err: order.ErrShipped},
		story{Name: "nor of a delivered one", Given: arrived, When: end, Err: order.ErrShipped},
		story{Name: "nor of one that came back", Given: back, When: end, Err: order.ErrShipped},
	)
}

func TestNothingHappensToAnOrderThatNobodyPlaced(t *testing.T) {
	for _, c := range []order.Command{
		order.AddItem{Item: lamp},
		order.RemoveItem{ProductID: "lamp"},
		order.ReplaceItems{Items: []order.Item{lamp}},
		order.Submit{},
		order.Confirm{},
		order.Ship{},
		order.Deliver{},
		order.Return{},
		order.Cancel{},
		order.BeginCancel{},
		order.EndCancel{},
	} {
		domaintest.Check(t, order.Aggregate, story{When: c, Err: order.ErrNotPlaced})
	}
}

func TestTheStateIsWhatTheEventsSay(t *testing.T) {
	got := domain.Fold(order.State{}, []order.Event{
		placed,
		order.ItemAdded{Item: desk},
		order.ItemAdded{Item: lamp},
		order.ItemRemoved{ProductID: "desk"},
		order.ItemAdded{Item: desk},
		submitted, confirmed, cancelStarted,
	}...)
	if got.Total != usd(4*2999+4999) || got.Status != order.StatusCancelling || got.CancelReason != "too slow" ||
		len(got.Items) != 2 || got.Items[0].Quantity != 4 || got.CustomerID != "cust-1" || got.PaymentMethod != "tok_ok" {
		t.Errorf("got %+v", got)
	}
	for status, events := range map[order.Status][]order.Event{
		order.StatusNone: nil, order.StatusPending: pending, order.StatusSubmitted: handedIn, order.StatusConfirmed: paid,
		order.StatusShipped: onItsWay, order.StatusDelivered: arrived, order.StatusReturned: back, order.StatusCancelling: cancelling, order.StatusCancelled: gone,
	} {
		if got := domain.Fold(order.State{}, events...).Status; got != status {
			t.Errorf("got %q, want %q", got, status)
		}
	}
}

func TestWhatIsStoredIsPinned(t *testing.T) {
	domaintest.Golden(t, order.Aggregate, "testdata", append(back, order.ItemAdded{Item: desk, At: noon}, order.ItemRemoved{ProductID: "desk", At: noon},
		order.ItemsReplaced{Items: []order.Item{desk}, At: noon}, cancelStarted, cancelled)...)
}

func FuzzEvents(f *testing.F) {
	for _, e := range append(back, cancelStarted, cancelled, order.ItemsReplaced{Items: []order.Item{lamp}}) {
		name, data, err := order.Events.Encode(e)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(name, data)
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) { domaintest.Fuzz(t, order.Aggregate, name, data) })
}
