package orderdetails_test

import (
	"reflect"
	"testing"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/payment"
	"github.com/daybook-es/daybook/pkg/domain/shipment"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/readmodel/orderdetails"
)

// told gives the commands to order, payment and shipment, and returns what the
// view shows: the same, whichever of the three streams comes first.
func told(t *testing.T, orders []order.Command, payments []payment.Command, shipments []shipment.Command) orderdetails.Details {
	t.Helper()
	store := new(memstore.Store)
	streams := [][]eventstore.Commit{
		give(t, store, order.Aggregate, orders), give(t, store, payment.Aggregate, payments), give(t, store, shipment.Aggregate, shipments),
	}
	var first orderdetails.Details
	for n, turn := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 0, 2}, {1, 2, 0}, {0, 2, 1}, {2, 0, 1}} {
		rows := boltstore.NewViews()
		view := orderdetails.New(rows, store)
		for _, i := range turn {
			if err := view.Apply(t.Context(), streams[i]...); err != nil {
				t.Fatal(err)
			}
		}
		d, ok, err := orderdetails.Find(t.Context(), rows, "t", "ord_1")
		if !ok || err != nil {
			t.Fatalf("got %v, %v", ok, err)
		}
		if n == 0 {
			first = d
		}
		if !reflect.DeepEqual(d, first) {
			t.Errorf("in the order %v: got %+v\nwant %+v", turn, d, first)
		}
	}
	return first
}

// give returns what the commands led to.
func give[S any, E domain.Event[S]](t *testing.T, store eventstore.Store, a domain.Aggregate[S, E], commands []domain.Command[S, E]) (all []eventstore.Commit) {
	t.Helper()
	loop := command.New(store, "t", a)
	for _, c := range commands {
		if _, err := loop.Do(t.Context(), "ord_1", command.Request{}, c); err != nil {
			t.Fatalf("%T: %v", c, err)
		}
	}
	stream := eventstore.StreamID{Tenant: "t", Category: a.Category, ID: "ord_1"}
	for c, err := range store.Read(t.Context(), stream, eventstore.NoStream(stream)) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}

var (
	submitted = []order.Command{place(ada, lamp), order.Submit{At: at(9)}}
	take      = payment.Take{Amount: usd(5998), Method: "tok_ok", At: at(9)}
	capture   = payment.Capture{Amount: usd(5998), At: at(9)}
	decline   = payment.Decline{Code: "card_declined", Reason: "no", At: at(9)}
	arrange   = shipment.Arrange{TrackingNumber: "T-1", At: at(10)}
	dispatch  = shipment.Dispatch{At: at(11)}
)

func TestThePaymentIsShown(t *testing.T) {
	paid := func(status orderdetails.PaymentStatus, captured, refunded domain.Money) orderdetails.Payment {
		return orderdetails.Payment{Status: status, Captured: captured, Refunded: refunded}
	}
	free := order.Item{ProductID: "product-3", Quantity: 1, UnitPrice: usd(0)}
	inEuro := order.Item{ProductID: "product-4", Quantity: 1, UnitPrice: domain.Money{Amount: 7, Currency: "EUR"}}
	none := domain.Money{Currency: "EUR"}
	for name, c := range map[string]struct {
		order []order.Command
		when  []payment.Command
		want  orderdetails.Payment
	}{
		"nobody asked for it":                           {submitted, nil, paid("none", usd(0), usd(0))},
		"nothing is in the order's currency":            {[]order.Command{place(ada, inEuro)}, nil, paid("none", none, none)},
		"also after it was another":                     {[]order.Command{place(ada, lamp), order.ReplaceItems{Items: []order.Item{inEuro}, At: at(9)}}, nil, paid("none", none, none)},
		"what is asked for is not yet paid":             {submitted, []payment.Command{take}, paid("none", usd(0), usd(0))},
		"what is charged is captured":                   {submitted, []payment.Command{take, capture}, paid("captured", usd(5998), usd(0))},
		"a free order is paid with nothing":             {[]order.Command{place(ada, free)}, []payment.Command{payment.Take{Amount: usd(0), Method: "tok_ok"}, payment.Capture{Amount: usd(0)}}, paid("captured", usd(0), usd(0))},
		"the gateway said no":                           {submitted, []payment.Command{take, decline}, paid("declined", usd(0), usd(0))},
		"it stays declined when it is taken back":       {submitted, []payment.Command{take, decline, payment.Refund{At: at(11)}}, paid("declined", usd(0), usd(0))},
		"what is given back is refunded":                {submitted, []payment.Command{take, capture, payment.Refund{Charged: usd(5998), At: at(11)}}, paid("refunded", usd(5998), usd(5998))},
		"so is a charge that nobody had heard of":       {submitted, []payment.Command{take, payment.Refund{Charged: usd(5998), At: at(11)}}, paid("refunded", usd(5998), usd(5998))},
		"also when nothing was heard of it at all":      {submitted, []payment.Command{payment.Refund{Charged: usd(5998), At: at(11)}}, paid("refunded", usd(5998), usd(5998))},
		"what was asked for and taken back is none":     {submitted, []payment.Command{take, payment.Refund{At: at(11)}}, paid("none", usd(0), usd(0))},
		"so is what was taken back and never asked for": {submitted, []payment.Command{payment.Refund{At: at(11)}}, paid("none", usd(0), usd(0))},
	} {
		t.Run(name, func(t *testing.T) {
			if got := told(t, c.order, c.when, nil).Payment; got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestTheShipmentIsShown(t *testing.T) {
	shipped := append(submitted[:2:2], order.Confirm{Payment: usd(5998), At: at(10)}, order.Ship{TrackingNumber: "T-1", At: at(11)})
	delivered := append(shipped[:4:4], order.Deliver{At: at(12)})
	for name, c := range map[string]struct {
		order    []order.Command
		when     []shipment.Command
		status   orderdetails.ShipmentStatus
		tracking string // empty: null
	}{
		"nobody arranged it":                          {submitted, nil, "none", ""},
		"what is booked is arranged":                  {submitted, []shipment.Command{arrange}, "arranged", "T-1"},
		"a shipped order is not yet with the carrier": {shipped, []shipment.Command{arrange}, "arranged", "T-1"},
		"what the carrier has is dispatched":          {shipped, []shipment.Command{arrange, dispatch}, "dispatched", "T-1"},
		"a delivered order's is delivered":            {delivered, []shipment.Command{arrange, dispatch}, "delivered", "T-1"},
		"though the carrier has not said so":          {delivered, []shipment.Command{arrange}, "delivered", "T-1"},
		"nor anything else":                           {delivered, nil, "delivered", ""},
		"a booking that is taken back is cancelled":   {submitted, []shipment.Command{arrange, shipment.Cancel{TrackingNumber: "T-1", At: at(12)}}, "cancelled", "T-1"},
		"so is one that nobody had heard of":          {submitted, []shipment.Command{shipment.Cancel{TrackingNumber: "T-2", At: at(12)}}, "cancelled", "T-2"},
		"where nothing was booked there is none":      {submitted, []shipment.Command{shipment.Cancel{At: at(12)}}, "none", ""},
	} {
		t.Run(name, func(t *testing.T) {
			want := orderdetails.Shipment{Status: c.status}
			if c.tracking != "" {
				want.TrackingNumber = &c.tracking
			}
			if got := told(t, c.order, nil, c.when).Shipment; !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestAPaymentAndAShipmentAreNoOrder(t *testing.T) {
	store, rows := new(memstore.Store), boltstore.NewViews()
	commits := append(give(t, store, payment.Aggregate, []payment.Command{take}), give(t, store, shipment.Aggregate, []shipment.Command{arrange})...)
	if err := orderdetails.New(rows, store).Apply(t.Context(), commits...); err != nil {
		t.Fatal(err)
	}
	if d, ok, err := orderdetails.Find(t.Context(), rows, "t", "ord_1"); ok || err != nil || d.Version != 0 {
		t.Errorf("got %+v, %v", d, err)
	}
}

func TestTheVersionIsTheOrdersOwn(t *testing.T) {
	d := told(t, submitted, []payment.Command{take, capture}, []shipment.Command{arrange})
	if d.Version != 2 || d.Status != order.StatusSubmitted {
		t.Errorf("got %s at version %d", d.Status, d.Version)
	}
}
