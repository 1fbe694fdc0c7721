package app_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/daybook-es/daybook/internal/testsize"
)

// buy lets so many customers at once go through the purchases. Each has at most
// so many under way, and lets a run reach one of its steps before it regrets the purchase.
func (s *shop) buy(t *testing.T, customers, underway int, purchases []*purchase, random *rand.Rand) {
	t.Helper()
	next := make(chan *purchase, len(purchases))
	for _, p := range purchases {
		next <- p
	}
	close(next)
	var wg sync.WaitGroup
	for range customers {
		random := rand.New(rand.NewPCG(random.Uint64(), 0))
		wg.Go(func() {
			var bought []*purchase
			for p := range next {
				if n := len(bought); n >= underway {
					if err := s.reach(t.Context(), bought[n-underway].id, math.MaxInt); err != nil {
						t.Error(err)
						return
					}
				}
				for !p.over() {
					if p.submitted {
						if err := s.reach(t.Context(), p.id, random.IntN(9)); err != nil {
							t.Error(err)
							return
						}
					}
					if err := p.step(t.Context(), s.site); err != nil {
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

func TestOfMoreOrdersThanPiecesAsManyShipAsThereArePieces(t *testing.T) {
	s := openShop(t, nil, t.TempDir(), false)
	n := testsize.N{Short: 20, Race: 200, Gate: 200, Soak: 1000}.Get()
	pieces := n * 3 / 5
	received := map[string]int{"product-1": pieces}
	s.receive(t, received)
	purchases := lamps(n, false)
	s.buy(t, 16, len(purchases), purchases, testsize.Rand(t))
	orders, kept := s.audit(t, received, purchases...)

	ends, paid := count(orders), int64(0)
	for _, a := range orders {
		paid += a.Payment.Captured.Amount - a.Payment.Refunded.Amount
	}
	if ends["shipped"] != pieces || ends["cancelled"] != n-pieces {
		t.Errorf("of %d orders got %v, want %d shipped", n, ends, pieces)
	}
	if want := int64(pieces) * prices["product-1"]; paid != want || kept != want {
		t.Errorf("the orders say %d were paid, the gateway %d; want %d", paid, kept, want)
	}
}

func TestACancelThatIsGrantedNeverEndsInShipped(t *testing.T) {
	s := openShop(t, nil, t.TempDir(), false)
	received := map[string]int{"product-1": 1000}
	s.receive(t, received)
	purchases := lamps(testsize.N{Short: 10, Race: 60, Gate: 30, Soak: 1000}.Get(), true)
	s.buy(t, 2, 1, purchases, testsize.Rand(t))
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
