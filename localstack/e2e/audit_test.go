package e2e_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/daybook-es/daybook/internal/eventually"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/payment"
	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/eventstore"
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
	eventually.Until(t, "the run of "+id+" ends", func() bool {
		return s.get(t, "/orders/"+id+"/fulfilment", &r) == http.StatusOK && r.Status != "running" && r.Status != "compensating"
	})
	if r.Status == "stuck" {
		t.Fatalf("the run of %s is stuck: %+v", id, r)
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
// It returns what the API says.
func (s *stack) audit(t *testing.T, received map[string]int, purchases ...*purchase) map[string]account {
	t.Helper()
	for _, p := range purchases {
		s.ended(t, p.id)
	}
	charges, bookings := s.book(t, "gateway", "TakePayment"), s.book(t, "carrier", "ArrangeShipment")
	orders, left := make(map[string]account), make(map[string]int)
	for _, p := range purchases {
		a := s.order(t, p.id)
		if !p.settled(a, charges[p.id], bookings[p.id]) {
			t.Errorf("%+v: charge %+v, booking %+v, order %+v", p, charges[p.id], bookings[p.id], a)
		}
		if orders[p.id] = a; a.Status == "shipped" {
			left[p.product] -= p.pieces
		}
	}
	for product, n := range received {
		n += left[product]
		var got struct{ OnHand, Reserved, Available int }
		s.atLeast(t, "/stock/"+product, len(s.types(t, "stock", product)), &got)
		if got.OnHand != n || got.Reserved != 0 || got.Available != n {
			t.Errorf("%s: got %+v, want %d on hand and none reserved", product, got, n)
		}
	}
	return orders
}

// order returns what the API says of an order once that includes every event
// which the table has of the order, its payment and its shipment.
func (s *stack) order(t *testing.T, id string) (a account) {
	t.Helper()
	w := fulfilment.NewWorld(dynamostore.New(s.dynamo, s.outputs["EventsTableName"]), "main", nil, nil, nil)
	order, err1 := w.Orders.State(t.Context(), id)
	paid, err2 := w.Payments.State(t.Context(), id)
	sent, err3 := w.Shipments.State(t.Context(), id)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	status := map[payment.Status]string{payment.StatusNone: "none", payment.StatusTaken: "none"}
	expected := []string{cmp.Or(status[paid.State.Status], string(paid.State.Status)), cmp.Or(string(sent.State.Status), "none")}
	eventually.Until(t, fmt.Sprintf("order %s is shown at version %d with payment and shipment %v", id, order.Version, expected), func() bool {
		s.atLeast(t, "/orders/"+id, int(order.Version), &a)
		return slices.Equal([]string{a.Payment.Status, a.Shipment.Status}, expected)
	})
	return a
}

// atLeast reads a thing at a version or a later one.
func (s *stack) atLeast(t *testing.T, path string, version int, v any) {
	t.Helper()
	eventually.Until(t, fmt.Sprintf("%s is shown at version %d", path, version), func() bool {
		got, err := s.send(t.Context(), http.MethodGet, fmt.Sprintf("%s?min_version=%d", path, version), "", "")
		if err == nil && got.status == http.StatusOK {
			err = json.Unmarshal([]byte(got.body), v)
		}
		// 503: the view has not come so far within the time that the API waits.
		if err != nil || got.status != http.StatusOK && got.status != http.StatusServiceUnavailable {
			t.Fatalf("GET %s: got %d %s, %v", path, got.status, got.body, err)
		}
		return got.status == http.StatusOK
	})
}

// types returns the types of the events that the table has of a stream.
func (s *stack) types(t *testing.T, category, id string) (all []string) {
	t.Helper()
	stream := eventstore.StreamID{Tenant: "main", Category: category, ID: id}
	for c, err := range dynamostore.New(s.dynamo, s.outputs["EventsTableName"]).Read(t.Context(), stream, eventstore.NoStream(stream)) {
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range c.Events {
			all = append(all, e.Type)
		}
	}
	return all
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
