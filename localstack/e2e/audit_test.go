package e2e_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/fulfilment/sandbox"
)

// A run is how an order is fulfilled.
type run struct {
	Status string
	Steps  []struct {
		Name, Status string
		Attempts     int
	}
}

// way names the steps, and marks those that did not succeed.
func (r run) way() string {
	var names []string
	for _, s := range r.Steps {
		if s.Status != "succeeded" {
			s.Name += "!"
		}
		names = append(names, s.Name)
	}
	return strings.Join(names, " ")
}

func (r run) attempts(step string) int {
	for _, s := range r.Steps {
		if s.Name == step {
			return s.Attempts
		}
	}
	return 0
}

// ended waits for the end of an order's run.
func (s *stack) ended(t *testing.T, id string) (r run) {
	t.Helper()
	if !until(func() bool {
		return s.get(t, "/orders/"+id+"/fulfilment", &r) == http.StatusOK && r.Status != "running" && r.Status != "compensating"
	}) || r.Status == "stuck" {
		t.Fatalf("the run of %s does not end: %+v", id, r)
	}
	return r
}

// An account is what the API says of an order.
type account struct {
	Status  string
	Total   domain.Money
	Version int
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

// audit waits until all purchases are through, and holds what the API says of
// them against the stock that was received and the books of the world outside.
// Views may lag, so they are asked until they agree. It returns what they say.
func (s *stack) audit(t *testing.T, received map[string]int, purchases ...*purchase) map[string]account {
	t.Helper()
	for _, p := range purchases {
		s.ended(t, p.id)
	}
	charges, bookings := s.book(t, "gateway", "TakePayment"), s.book(t, "carrier", "ArrangeShipment")
	orders, left := make(map[string]account), make(map[string]int)
	for _, p := range purchases {
		var a account
		if !until(func() bool {
			s.get(t, "/orders/"+p.id, &a)
			return p.settled(a, charges[p.id], bookings[p.id])
		}) {
			t.Errorf("%+v: charge %+v, booking %+v, order %+v", p, charges[p.id], bookings[p.id], a)
		}
		if orders[p.id] = a; a.Status == "shipped" {
			left[p.product] -= p.pieces
		}
	}
	for product, n := range received {
		n += left[product]
		var got struct{ OnHand, Reserved, Available int }
		if !until(func() bool {
			s.get(t, "/stock/"+product, &got)
			return got.OnHand == n && got.Reserved == 0 && got.Available == n
		}) {
			t.Errorf("%s: %+v, want %d on hand", product, got, n)
		}
	}
	return orders
}

// settled reports whether an order agrees with the books, to the cent.
func (p *purchase) settled(a account, charge, booking deed) bool {
	usd := func(times int) domain.Money {
		return domain.Money{Amount: int64(times) * p.total().Amount, Currency: "USD"}
	}
	if a.Total != usd(1) || a.Payment.Captured != usd(charge.done) || a.Payment.Refunded != usd(charge.undone) {
		return false
	}
	if a.Status == "shipped" {
		return charge == deed{done: 1} && booking == deed{done: 1} && a.CancelReason == nil &&
			a.Payment.Status == "captured" && a.Shipment.Status == "dispatched" && (p.cancelled == 0 || p.cancelled == http.StatusUnprocessableEntity)
	}
	payment := map[string]int{"refunded": 1, "declined": 0, "none": 0}
	shipment := map[string]int{"cancelled": 1, "none": 0}
	charged, paid := payment[a.Payment.Status]
	booked, sent := shipment[a.Shipment.Status]
	return a.Status == "cancelled" && a.CancelReason != nil && *a.CancelReason != "" && p.cancelled != http.StatusUnprocessableEntity &&
		paid && charge == deed{done: charged, undone: charged, barred: true} &&
		sent && booking == deed{done: booked, undone: booked, barred: true}
}

// book reads a ledger of the world outside: what was done for each order.
func (s *stack) book(t *testing.T, name, step string) map[string]deed {
	t.Helper()
	entries, err := sandbox.Entries(t.Context(), dynamostore.NewLedgers(s.dynamo, s.outputs["SandboxTableName"]).Ledger(name))
	if err != nil {
		t.Fatal(err)
	}
	deeds := make(map[string]deed)
	for _, e := range entries {
		tenant, rest, _ := strings.Cut(e.Key, "/")
		id, _, _ := strings.Cut(rest, "/")
		if e.Key != fulfilment.Key(tenant, id, step) {
			t.Errorf("%s has an entry of %s", name, e.Key)
		}
		deeds[id] = deed{e.Done, e.Undone, e.Barred}
	}
	return deeds
}
