package app_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/daybook-es/daybook/internal/testsize"
)

// A customer buys one thing after the other, of every kind.
type customer struct {
	number    int
	random    *rand.Rand
	purchases []*purchase // all but the last are over
}

// next returns the purchase that is not over, or a new one.
func (c *customer) next() *purchase {
	n := len(c.purchases)
	if n > 0 && !c.purchases[n-1].over() {
		return c.purchases[n-1]
	}
	kind := c.number + n
	p := &purchase{
		key:    fmt.Sprintf("customer-%d-%d", c.number, n),
		basket: basket{method: "tok_ok", postalCode: "12345", pieces: map[string]int{"product-1": 1 + n%3}},
		regret: c.random.IntN(4) == 0,
	}
	switch kind % 8 {
	case 1:
		p.method = "tok_declined"
	case 2, 6:
		if !testing.Short() { // it takes three seconds
			p.method = "tok_flaky"
		}
	case 3:
		p.postalCode = "00000"
	case 4:
		p.pieces["product-2"] = 1
	case 5:
		p.pieces["scarce"] = 1
	}
	c.purchases = append(c.purchases, p)
	return p
}

func TestEveryOrderShipsOrLeavesNoTraceThroughKills(t *testing.T) {
	data, received := t.TempDir(), map[string]int{"product-1": 1_000_000, "product-2": 1_000_000, "scarce": 10}
	first := openShop(t, nil, data, false)
	first.receive(t, received)
	first.close(t)

	random := testsize.Rand(t)
	customers := make([]*customer, 16)
	for n := range customers {
		customers[n] = &customer{number: n, random: rand.New(rand.NewPCG(random.Uint64(), 0))}
	}
	for range lives.Get() {
		l := doomed(t, data, 1+random.IntN(150))
		var wg sync.WaitGroup
		for _, c := range customers {
			wg.Go(func() {
				for {
					p := c.next()
					var err error
					if p.submitted { // and regretted
						err = l.reach(t.Context(), p.id, c.random.IntN(9))
					}
					if err == nil {
						err = p.step(t.Context(), l.site)
					}
					if errors.Is(err, errWrong) {
						t.Error(err)
						return
					} else if err != nil {
						return // killed
					}
					l.acknowledged()
				}
			})
		}
		wg.Wait()
		l.wait(t)
		if t.Failed() {
			return
		}
	}

	last := openShop(t, nil, data, false)
	var all []*purchase
	for _, c := range customers {
		for _, p := range c.purchases {
			if err := p.finish(t.Context(), last.site); err != nil {
				t.Fatal(err)
			}
			all = append(all, p)
		}
	}
	orders, _ := last.audit(t, received, all...)
	ends, regretted := make(map[string]int), make(map[int]int)
	for _, p := range all {
		ends[p.method+" "+p.postalCode+" "+orders[p.id].Status]++
		regretted[p.cancelled]++
	}
	t.Logf("%d orders survived: %v, cancels were answered %v", len(all), ends, regretted)
}
