package app_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/daybook-es/daybook/internal/app"
	"github.com/daybook-es/daybook/internal/eventually"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/payment"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// sold has two of five lamps delivered.
func (s *shop) sold(t *testing.T, method string) *purchase {
	t.Helper()
	s.receive(t, map[string]int{"product-1": 5})
	p := &purchase{key: "purchase", basket: basket{method, "12345", map[string]int{"product-1": 2}}}
	if err := p.finish(t.Context(), s.site); err != nil {
		t.Fatal(err)
	}
	s.await(t, p.id, run.over)
	if got, err := s.post(t.Context(), "/orders/"+p.id+"/deliver", "deliver", ""); err != nil || got.Status != "delivered" {
		t.Fatalf("%+v, %v", got, err)
	}
	return p
}

// back waits until all that follows from a return is done.
func (s *shop) back(t *testing.T, id string) {
	t.Helper()
	var got struct {
		RestockedAt *time.Time
		Payment     struct{ Status string }
	}
	eventually.Until(t, id+" is refunded and in stock again", func() bool {
		s.get(t, "/orders/"+id, &got)
		return got.RestockedAt != nil && got.Payment.Status == "refunded"
	})
}

// count returns how many events of a type the stopped shop's book has of a stream.
func (s *shop) count(t *testing.T, category, id, event string) (n int) {
	t.Helper()
	store, err := boltstore.Open(filepath.Join(s.data, "events.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	stream := eventstore.StreamID{Tenant: app.Tenant, Category: category, ID: id}
	for c, err := range store.Read(t.Context(), stream, eventstore.NoStream(stream)) {
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range c.Events {
			if e.Type == event {
				n++
			}
		}
	}
	return n
}

// onceEach: one refund, and the lamps came in twice: once before they were sold.
func (s *shop) onceEach(t *testing.T, id string) {
	t.Helper()
	refunds := s.count(t, payment.Category, id, payment.Refunded{}.EventType())
	receipts := s.count(t, stock.Category, "product-1", stock.Received{}.EventType())
	if refunds != 1 || receipts != 2 {
		t.Errorf("%d refunds, and the lamps came in %d times", refunds, receipts)
	}
}

// The program is down when the order is returned: nobody hears of it on any bus.
func TestWhatWasReturnedWhileNobodyListenedIsMetAtTheStart(t *testing.T) {
	data := t.TempDir()
	s := openShop(t, nil, data, false)
	p := s.sold(t, "tok_ok")
	s.close(t)

	store, err := boltstore.Open(filepath.Join(data, "events.db"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = command.New(store, app.Tenant, order.Aggregate).Do(t.Context(), p.id, command.Request{}, order.Return{Reason: "it wobbles", At: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)})
	if err != nil || store.Close() != nil {
		t.Fatal(err)
	}
	for range 20 { // stopped while it looks for what was missed, and that is no fault
		s = openShop(t, nil, data, false)
		s.close(t)
	}
	for range 2 { // the second start finds nothing to do
		s = openShop(t, nil, data, false)
		s.back(t, p.id)
		s.close(t)
		s.onceEach(t, p.id)
	}
}
