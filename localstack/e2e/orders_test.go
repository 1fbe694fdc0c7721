package e2e_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/daybook-es/daybook/internal/eventually"
)

// placedAt returns when an order was placed, by the clock of the stack.
func (s *stack) placedAt(t *testing.T, id string) time.Time {
	t.Helper()
	var order struct{ PlacedAt time.Time }
	s.atLeast(t, "/orders/"+id, 1, &order)
	return order.PlacedAt.UTC()
}

func TestAnOrderIsListedOnItsDay(t *testing.T) {
	s := open(t)
	p := want(fresh("product"), 1)
	s.place(t, p)
	placedAt := s.placedAt(t, p.id)
	on := func(days int) bool {
		var page struct{ Items []struct{ ID string } }
		day := placedAt.AddDate(0, 0, days).Format(time.DateOnly)
		if status := s.get(t, "/orders?status=pending&limit=100&day="+day, &page); status != http.StatusOK {
			t.Fatalf("orders of %s: %d", day, status)
		}
		return slices.ContainsFunc(page.Items, func(o struct{ ID string }) bool { return o.ID == p.id })
	}
	eventually.Until(t, p.id+" is listed on its day", func() bool { return on(0) })
	if on(-1) || on(1) {
		t.Errorf("placed at %v, and listed on the day before, on that day, and on the day after: %v, %v, %v", placedAt, on(-1), on(0), on(1))
	}
	if status := s.get(t, "/orders?day=2026-02-30", nil); status != http.StatusBadRequest {
		t.Errorf("a day that does not exist: %d", status)
	}
}
