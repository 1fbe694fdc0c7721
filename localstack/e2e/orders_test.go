package e2e_test

import (
	"net/http"
	"slices"
	"testing"
	"time"
)

func TestAnOrderIsListedOnItsDay(t *testing.T) {
	s := open(t)
	p := want(fresh("product"), 1)
	s.place(t, p)
	type order struct {
		ID       string
		PlacedAt time.Time
	}
	var placed order
	on := func(days int) bool {
		var page struct{ Items []order }
		day := placed.PlacedAt.AddDate(0, 0, days).Format(time.DateOnly)
		if status := s.get(t, "/orders?status=pending&limit=100&day="+day, &page); status != http.StatusOK {
			t.Fatalf("orders of %s: %d", day, status)
		}
		return slices.ContainsFunc(page.Items, func(o order) bool { return o.ID == p.id })
	}
	if !until(func() bool { return s.get(t, "/orders/"+p.id, &placed) == http.StatusOK && on(0) }) || on(-1) || on(1) {
		t.Errorf("placed at %v, and listed on the day before, on that day, and on the day after: %v, %v, %v", placed.PlacedAt, on(-1), on(0), on(1))
	}
	if status := s.get(t, "/orders?day=2026-02-30", nil); status != http.StatusBadRequest {
		t.Errorf("a day that does not exist: %d", status)
	}
}
