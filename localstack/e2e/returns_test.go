package e2e_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/daybook-es/daybook/internal/eventually"
)

func TestAReturnedOrderIsRefundedAndInStockAgainOnce(t *testing.T) {
	s := open(t)
	product := s.receive(t, 10)
	p := want(product, 3)
	s.place(t, p)
	s.post(t, "/orders/"+p.id+"/return", fresh("return"), `{"reason":"it wobbles"}`, http.StatusUnprocessableEntity)
	s.post(t, "/orders/"+p.id+"/submit", fresh("submit"), "", http.StatusAccepted)
	s.audit(t, map[string]int{product: 10}, p)
	s.post(t, "/orders/"+p.id+"/deliver", fresh("deliver"), "", http.StatusOK)

	bus, key := s.listen(t, "OrderReturned", p.id), fresh("return")
	first := s.post(t, "/orders/"+p.id+"/return", key, `{"reason":"it wobbles"}`, http.StatusOK)
	s.post(t, "/orders/"+p.id+"/return", key, `{"reason":"it wobbles"}`, http.StatusOK).same(t, first)
	event := bus.next(t)
	bus.put(t, event) // while it is reacted to
	s.back(t, p, product)
	s.receiveMore(t, product, 5)
	for range 2 { // and when all is done
		bus.put(t, event)
	}
	for range 3 {
		bus.next(t)
	}
	for _, queue := range []string{"ReturnsRefundQueue", "ReturnsRestockQueue"} {
		bus.drained(t, s.resource(t, queue))
	}

	if d := s.book(t, "gateway", "TakePayment")[p.id]; d != (deed{done: 1, undone: 1, barred: true}) {
		t.Errorf("the gateway's book says %+v", d)
	}
	for _, c := range []struct {
		category, id, event string
		times               int
	}{
		{"payment", p.id, "payment.refunded.v1", 1},
		{"stock", product, "stock.received.v1", 7}, // at first, again, and five times more
		{"order", p.id, "order.returned.v1", 1},
		{"restock", p.id, "restock.ended.v1", 1},
	} {
		if n := s.count(t, c.category, c.id, c.event); n != c.times {
			t.Errorf("%d times %s, want %d", n, c.event, c.times)
		}
	}
	if n := s.onHand(t, product); n != 15 {
		t.Errorf("%d are on hand", n)
	}
}

// back waits until all that follows from a return is done, as its customer sees it.
func (s *stack) back(t *testing.T, p *purchase, product string) {
	t.Helper()
	var a struct {
		account
		ReturnReason string
		RestockedAt  *time.Time
	}
	eventually.Until(t, p.id+" is refunded and its goods are in stock", func() bool {
		return s.get(t, "/orders/"+p.id, &a) == http.StatusOK && a.RestockedAt != nil && a.Payment.Status == "refunded"
	})
	if n := s.onHand(t, product); n != 10 {
		t.Errorf("got %d on hand, want 10", n)
	}
	if a.Status != "returned" || a.ReturnReason != "it wobbles" || a.Payment.Refunded != p.total() {
		t.Fatalf("the order is %+v", a)
	}
}

// receiveMore receives pieces one by one, which others write to the stock.
func (s *stack) receiveMore(t *testing.T, product string, pieces int) {
	t.Helper()
	for range pieces {
		s.post(t, "/stock/"+product+"/receive", fresh("receive"), `{"quantity":1}`, http.StatusOK)
	}
}

// count returns how many events of a type the table has of a stream.
func (s *stack) count(t *testing.T, category, id, event string) (n int) {
	t.Helper()
	for _, kind := range s.types(t, category, id) {
		if kind == event {
			n++
		}
	}
	return n
}
