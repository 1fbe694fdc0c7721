package e2e_test

import (
	"encoding/json"
	"net/http"
	"sync"
	"testing"
	"time"
)

// all calls f with each purchase, all at once.
func all(purchases []*purchase, f func(int, *purchase)) {
	var wg sync.WaitGroup
	for i, p := range purchases {
		wg.Go(func() { f(i, p) })
	}
	wg.Wait()
}

func wanted(product string, n int) []*purchase {
	purchases := make([]*purchase, n)
	for i := range purchases {
		purchases[i] = want(product, 1)
	}
	return purchases
}

func TestOfFiftyOrdersAtOnceOfThirtyPiecesThirtyShip(t *testing.T) {
	s := open(t)
	product := s.receive(t, 30)
	purchases := wanted(product, 50)
	began := time.Now()
	all(purchases, func(_ int, p *purchase) {
		placed, err := s.send(t.Context(), http.MethodPost, "/orders", fresh("place"), p.body())
		var order struct{ ID string }
		if err == nil {
			err = json.Unmarshal([]byte(placed.body), &order)
		}
		p.id = order.ID
		submitted, err2 := s.send(t.Context(), http.MethodPost, "/orders/"+p.id+"/submit", fresh("submit"), "")
		if err != nil || err2 != nil || placed.status != http.StatusCreated || submitted.status != http.StatusAccepted {
			t.Errorf("placed %+v, %v; submitted %+v, %v", placed, err, submitted, err2)
		}
	})
	if t.Failed() {
		return
	}
	t.Logf("submitted after %v", time.Since(began))
	ends := make(map[string]int)
	for _, a := range s.audit(t, map[string]int{product: 30}, purchases...) {
		ends[a.Status]++
	}
	t.Logf("all is over after %v", time.Since(began))
	if ends["shipped"] != 30 || ends["cancelled"] != 20 || s.onHand(t, product) != 0 {
		t.Errorf("got %v, and %d are left", ends, s.onHand(t, product))
	}
}

// The moments are spread over the time that an order takes to be shipped.
func TestACancelThatIsGrantedNeverEndsInShipped(t *testing.T) {
	s := open(t)
	product := s.receive(t, 100)
	first := want(product, 1)
	s.buy(t, first)
	began := time.Now()
	s.ended(t, first.id)
	whole := time.Since(began)

	purchases := wanted(product, 20)
	for i, p := range purchases { // one after the other, since together they would take longer
		s.buy(t, p)
		time.Sleep(whole * time.Duration(i) / time.Duration(len(purchases)-1) * 6 / 5)
		if p == purchases[len(purchases)-1] { // which is too late for sure
			s.ended(t, p.id)
		}
		got, err := s.send(t.Context(), http.MethodPost, "/orders/"+p.id+"/cancel", fresh("cancel"), `{"reason":"thought better of it"}`)
		if p.cancelled = got.status; err != nil || got.status != http.StatusAccepted && got.status != http.StatusUnprocessableEntity {
			t.Fatalf("cancel: %+v, %v", got, err)
		}
		s.ended(t, p.id)
	}
	ends := make(map[string]int)
	for id, a := range s.audit(t, map[string]int{product: 100}, append(purchases, first)...) {
		ends[a.Shipment.Status]++
		if a.Status == "cancelled" && *a.CancelReason != "thought better of it" {
			t.Errorf("%s was cancelled because %q", id, *a.CancelReason)
		}
	}
	if t.Logf("over %v: %v", whole, ends); ends["none"]+ends["cancelled"] == 0 || ends["dispatched"] < 2 {
		t.Error("no cancel was in time, or none was late")
	}
}
