package e2e_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/daybook-es/daybook/internal/eventually"
)

// A hit is an order that was found.
type hit struct {
	ID, Status string
	Version    int
	Matched    []string
}

func (s *stack) find(t *testing.T, q string) (found []hit) {
	t.Helper()
	var page struct{ Items []hit }
	if status := s.get(t, "/search?q="+q, &page); status != http.StatusOK {
		t.Fatalf("search for %s: %d", q, status)
	}
	return page.Items
}

func TestAnOrderIsFoundByWordsAndFollowedToItsParcel(t *testing.T) {
	s := open(t)
	p, other := want(s.receive(t, 10), 1), want(fresh("product"), 1)
	s.place(t, p)
	s.place(t, other)
	is := func(q, status string) func() bool {
		return func() bool {
			found := s.find(t, q)
			return len(found) == 1 && found[0].ID == p.id && found[0].Status == status
		}
	}
	eventually.Until(t, p.id+" is found by its product", is("ada+"+p.product, "pending"))
	s.post(t, "/orders/"+p.id+"/submit", fresh("submit"), "", http.StatusAccepted)
	if r := s.ended(t, p.id); r.Status != "succeeded" {
		t.Fatalf("the run %s", r.Status)
	}
	var order struct {
		Shipment struct{ TrackingNumber string }
	}
	eventually.Until(t, p.id+" has a tracking number", func() bool {
		return s.get(t, "/orders/"+p.id, &order) == http.StatusOK && order.Shipment.TrackingNumber != ""
	})
	number := strings.ToLower(order.Shipment.TrackingNumber)
	eventually.Until(t, p.id+" is found as shipped by its tracking number", is(number, "shipped"))
	if found := s.find(t, p.product+"+"+other.product); len(found) != 0 {
		t.Errorf("by the words of two orders: %+v", found)
	}
}
