package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/daybook-es/daybook/internal/eventually"
	"github.com/daybook-es/daybook/internal/testsize"
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

func TestAsManyOrdersShipAsThereArePieces(t *testing.T) {
	s := open(t)
	pieces, orders := testsize.N{Short: 3, Race: 3, Gate: 12, Soak: 30}.Get(), testsize.N{Short: 5, Race: 5, Gate: 20, Soak: 50}.Get()
	product := s.receive(t, pieces)
	purchases := wanted(product, orders)
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
	ends := make(map[string]int)
	for _, a := range s.audit(t, map[string]int{product: pieces}, purchases...) {
		ends[a.Status]++
	}
	if left := s.onHand(t, product); ends["shipped"] != pieces || ends["cancelled"] != orders-pieces || left != 0 {
		t.Errorf("got %v and %d pieces left, want %d shipped, the rest cancelled, and none left", ends, left, pieces)
	}
}

// Each order is cancelled once its run shows that a certain step has succeeded:
// the cancel races with the steps that follow, however fast the machine is. How
// many cancels are granted is not demanded, except that none is after the end. The
// step "" is the submit.
func TestACancelThatIsGrantedNeverEndsInShipped(t *testing.T) {
	s := open(t)
	after := []string{"", "ValidateOrder", "ReserveStock", "TakePayment", "ConfirmOrder", "ArrangeShipment", "ShipOrder", "HandOver", "the end"}
	n := len(after) * testsize.N{Short: 1, Race: 1, Gate: 1, Soak: 5}.Get()
	product := s.receive(t, n)
	purchases := wanted(product, n)
	for _, p := range purchases {
		s.place(t, p)
	}
	all(purchases, func(i int, p *purchase) {
		submitted, err := s.send(t.Context(), http.MethodPost, "/orders/"+p.id+"/submit", fresh("submit"), "")
		if err != nil || submitted.status != http.StatusAccepted {
			t.Errorf("submit: got %+v, %v", submitted, err)
			return
		}
		step := after[i%len(after)]
		eventually.Until(t, fmt.Sprintf("the run of %s is after %q", p.id, step), func() bool { return step == "" || s.after(t, p.id, step) })
		got, err := s.send(t.Context(), http.MethodPost, "/orders/"+p.id+"/cancel", fresh("cancel"), `{"reason":"thought better of it"}`)
		p.cancelled = got.status
		if err != nil || got.status != http.StatusUnprocessableEntity && (got.status != http.StatusAccepted || step == "the end") {
			t.Errorf("cancel after %q: got %+v, %v", step, got, err)
		}
	})
	if t.Failed() {
		return
	}
	ends := make(map[string]int)
	for id, a := range s.audit(t, map[string]int{product: n}, purchases...) {
		ends[a.Status]++
		if a.Status == "cancelled" && *a.CancelReason != "thought better of it" {
			t.Errorf("%s was cancelled because %q", id, *a.CancelReason)
		}
	}
	t.Logf("ended as %v", ends)
}

// after reports whether a run shows that a step has succeeded or that it has ended.
func (s *stack) after(t *testing.T, id, step string) bool {
	var r run
	got, err := s.send(t.Context(), http.MethodGet, "/orders/"+id+"/fulfilment", "", "")
	if err != nil || got.status == http.StatusOK && json.Unmarshal([]byte(got.body), &r) != nil || got.status >= http.StatusInternalServerError {
		t.Errorf("the run of %s: got %+v, %v", id, got, err)
		return true
	}
	if r.Status == "succeeded" || r.Status == "compensated" || r.Status == "stuck" {
		return true
	}
	for _, done := range r.Steps {
		if done.Name == step && done.Status == "succeeded" {
			return true
		}
	}
	return false
}
