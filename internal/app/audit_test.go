package app_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/daybook-es/daybook/internal/app"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/fulfilment/sandbox"
)

// An account is what the API says of an order.
type account struct {
	Status  string
	Total   domain.Money
	Payment struct {
		Status             string
		Captured, Refunded domain.Money
	}
	Shipment     struct{ Status string }
	CancelReason *string
}

// A deed is what the outside world's books say of one key.
type deed struct {
	done, undone int
	barred       bool
}

// audit waits until all purchases are through, stops the shop, and holds what it
// said against the stock that was received and against the books of the world
// outside. It returns what it said of each order, and the money that the
// gateway's book shows as kept.
func (s *shop) audit(t *testing.T, received map[string]int, purchases ...*purchase) (orders map[string]account, kept int64) {
	t.Helper()
	s.settle(t)
	orders = make(map[string]account)
	left := maps.Clone(received)
	for _, p := range purchases {
		s.await(t, p.id, run.over)
		var a account
		if status := s.get(t, "/orders/"+p.id, &a); status != http.StatusOK {
			t.Errorf("%s was acknowledged and is not there: %d", p.id, status)
		}
		orders[p.id] = a
		if p.cancelled != 0 && (p.cancelled < 300) != (a.Status == "cancelled") {
			t.Errorf("a cancel was answered with %d, and the order is %s", p.cancelled, a.Status)
		}
		if a.Status == "shipped" {
			for product, n := range p.pieces {
				left[product] -= n
			}
		}
	}
	there, acknowledged := s.list(t, "limit=100", true), slices.Sorted(maps.Keys(orders))
	if slices.Sort(there); !slices.Equal(there, acknowledged) {
		t.Errorf("%d orders were acknowledged, %d are there", len(acknowledged), len(there))
	}
	for product, n := range left {
		var got struct{ OnHand, Reserved, Available int }
		s.get(t, "/stock/"+product, &got)
		if got.OnHand != n || got.Reserved != 0 || got.Available != n {
			t.Errorf("%s: %+v, want %d on hand of %d", product, got, n, received[product])
		}
	}
	s.close(t)
	charges, bookings, kept := s.books(t)
	for _, p := range purchases {
		p.settled(t, orders[p.id], charges[p.id], bookings[p.id])
	}
	if len(charges) > len(orders) || len(bookings) > len(orders) {
		t.Errorf("%d charges and %d bookings of %d orders", len(charges), len(bookings), len(orders))
	}
	return orders, kept
}

// settled checks one order against the books, to the cent.
func (p *purchase) settled(t *testing.T, a account, charge, booking deed) {
	t.Helper()
	usd := func(times int) domain.Money { return domain.Money{Amount: int64(times) * p.total(), Currency: "USD"} }
	right := a.Status == "cancelled" && charge.done == charge.undone && charge.done <= 1 && booking.done == booking.undone && booking.done <= 1 &&
		charge.barred && booking.barred && a.CancelReason != nil && *a.CancelReason != "" &&
		(a.Shipment.Status == "cancelled" || a.Shipment.Status == "none" && booking.done == 0)
	if a.Status == "shipped" {
		right = charge == deed{done: 1} && booking == deed{done: 1} && a.CancelReason == nil && a.Shipment.Status == "dispatched"
	}
	if !right || a.Total != usd(1) {
		t.Errorf("%s: charge %+v, booking %+v, order %+v", p.key, charge, booking, a)
	}
	if a.Payment.Captured != usd(charge.done) || a.Payment.Refunded != usd(charge.undone) {
		t.Errorf("%s: the order says %+v, the gateway %+v", p.key, a.Payment, charge)
	}
}

// books reads the ledgers of a shop that is closed: what was done for each order,
// and the money that was captured and not given back.
func (s *shop) books(t *testing.T) (charges, bookings map[string]deed, kept int64) {
	t.Helper()
	ledgers, err := boltstore.OpenLedgers(filepath.Join(s.data, "sandbox.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer ledgers.Close()
	charges, bookings = make(map[string]deed), make(map[string]deed)
	for name, book := range map[string]struct {
		step  string
		deeds map[string]deed
	}{"gateway": {"TakePayment", charges}, "carrier": {"ArrangeShipment", bookings}} {
		entries, err := sandbox.Entries(t.Context(), ledgers.Ledger(name))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			id := strings.Split(e.Key, "/")[1]
			if e.Key != fulfilment.Key(app.Tenant, id, book.step) {
				t.Errorf("%s has an entry of %s", name, e.Key)
			}
			book.deeds[id] = deed{e.Done, e.Undone, e.Barred}
			if name == "gateway" && e.Out != nil {
				var out domain.Money
				if err := json.Unmarshal(e.Out, &out); err != nil {
					t.Fatal(err)
				}
				kept += out.Amount * int64(e.Done-e.Undone)
			}
		}
	}
	return charges, bookings, kept
}
