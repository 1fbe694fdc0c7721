package app_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

// buy lets so many customers at once go through the purchases. Each has at most
// so many under way, and pauses before it thinks better of one.
func (s *shop) buy(t *testing.T, customers, underway int, purchases []*purchase, pause func()) {
	t.Helper()
	next := make(chan *purchase, len(purchases))
	for _, p := range purchases {
		next <- p
	}
	close(next)
	var wg sync.WaitGroup
	for range customers {
		wg.Go(func() {
			var bought []*purchase
			for p := range next {
				if n := len(bought); n >= underway {
					if _, err := s.poll(t.Context(), bought[n-underway].id, time.Minute, run.over); err != nil {
						t.Error(err)
						return
					}
				}
				for !p.over() {
					if p.submitted {
						pause()
					}
					if err := p.step(t.Context(), s.url); err != nil {
						t.Error(err)
						return
					}
				}
				bought = append(bought, p)
			}
		})
	}
	if wg.Wait(); t.Failed() {
		t.FailNow()
	}
}

// lamps returns so many purchases of one lamp each.
func lamps(n int, regret bool) []*purchase {
	purchases := make([]*purchase, n)
	for i := range purchases {
		purchases[i] = &purchase{
			key: fmt.Sprintf("lamp-%d", i), regret: regret,
			basket: basket{method: "tok_ok", postalCode: "12345", pieces: map[string]int{"product-1": 1}},
		}
	}
	return purchases
}

func count(orders map[string]account) map[string]int {
	ends := make(map[string]int)
	for _, a := range orders {
		ends[a.Status]++
	}
	return ends
}

func TestOfAThousandOrdersOfSixHundredPiecesSixHundredShip(t *testing.T) {
	s := openShop(t, t.TempDir(), false)
	received := map[string]int{"product-1": 600}
	s.receive(t, received)
	purchases := lamps(1000, false)
	began := time.Now()
	s.buy(t, 16, len(purchases), purchases, nil)
	t.Logf("submitted after %v", time.Since(began))
	orders, kept := s.audit(t, received, purchases...)
	t.Logf("all is over after %v", time.Since(began))

	ends, paid := count(orders), int64(0)
	for _, a := range orders {
		paid += a.Payment.Captured.Amount - a.Payment.Refunded.Amount
	}
	if ends["shipped"] != 600 || ends["cancelled"] != 400 {
		t.Errorf("got %v", ends)
	}
	if want := 600 * prices["product-1"]; paid != want || kept != want {
		t.Errorf("the orders say %d were paid, the gateway %d; want %d", paid, kept, want)
	}
}

func TestACancelThatIsGrantedNeverEndsInShipped(t *testing.T) {
	s := openShop(t, t.TempDir(), false)
	received := map[string]int{"product-1": 100}
	s.receive(t, received)
	purchases := lamps(60, true)
	s.buy(t, 2, 1, purchases, func() { time.Sleep(rand.N(30 * time.Millisecond)) })
	orders, kept := s.audit(t, received, purchases...)
	ends := count(orders)
	t.Logf("got %v", ends)
	if want := int64(ends["shipped"]) * prices["product-1"]; kept != want {
		t.Errorf("the gateway kept %d of %d", kept, want)
	}
	for _, p := range purchases {
		if a := orders[p.id]; a.Status == "cancelled" && *a.CancelReason != "thought better of it" {
			t.Errorf("%s was cancelled because %q", p.key, *a.CancelReason)
		}
	}
}
