package app_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

// A customer buys one thing after the other, of every kind.
type customer struct {
	number    int
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
		regret: rand.N(4) == 0,
	}
	switch kind % 8 {
	case 1:
		p.method = "tok_declined"
	case 2, 6:
		p.method = "tok_flaky"
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

func TestEveryOrderShipsOrLeavesNoTraceThroughTwentyKills(t *testing.T) {
	data, received := t.TempDir(), map[string]int{"product-1": 1_000_000, "product-2": 1_000_000, "scarce": 10}
	first := openShop(t, data, false)
	first.receive(t, received)
	first.close(t)

	customers := make([]*customer, 16)
	for n := range customers {
		customers[n] = &customer{number: n}
	}
	for range 20 {
		url, wait := doomed(t, data, rand.N(350*time.Millisecond)+50*time.Millisecond)
		var wg sync.WaitGroup
		for _, c := range customers {
			wg.Go(func() {
				for {
					if err := c.next().step(t.Context(), url); errors.Is(err, errWrong) {
						t.Error(err)
						return
					} else if err != nil {
						return // killed
					}
					time.Sleep(rand.N(100 * time.Millisecond))
				}
			})
		}
		wg.Wait()
		wait()
		if t.Failed() {
			return
		}
	}

	last := openShop(t, data, false)
	var all []*purchase
	for _, c := range customers {
		for _, p := range c.purchases {
			if err := p.finish(t.Context(), last.url); err != nil {
				t.Fatal(err)
			}
			all = append(all, p)
		}
	}
	last.settle(t, time.Minute)
	orders, _ := last.audit(t, received, all...)
	ends, regretted := make(map[string]int), make(map[int]int)
	for _, p := range all {
		ends[p.method+" "+p.postalCode+" "+orders[p.id].Status]++
		regretted[p.cancelled]++
	}
	t.Logf("%d orders survived: %v, cancels were answered %v", len(all), ends, regretted)
	if len(all) < 100 {
		t.Errorf("only %d orders: nothing was shown", len(all))
	}
}
