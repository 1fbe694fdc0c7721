package main

import "slices"

// inStock is how many pieces there are of a product before an order takes two.
const inStock = 10

// stocked places an order with these values, for a product that is in stock.
func (t *T) stocked(values ...func(sent body)) placed {
	sent := anOrder()
	for _, value := range values {
		value(sent)
	}
	p := t.placeThis(sent)
	t.must(post("/stock/"+p.product+"/receive", receipt(inStock).String()), 200)
	return p
}

// submit submits an order: its run begins.
func (t *T) submit(p placed, headers ...string) placed {
	t.must(post(p.path+"/submit", "").with(headers...), 202)
	return p
}

// reserved submits an order and returns it once its run holds the stock for it.
func (t *T) reserved(p placed) placed {
	a := t.within(t.lasting, get("/stock/"+t.submit(p).product), func(a answer) bool { return a.number("/reserved") == 2 })
	if a.number("/reserved") != 2 {
		t.fail(a, "2 pieces reserved")
		panic(stop{})
	}
	return p
}

// ship returns an order with these values that was shipped and handed over, as it
// is to be read. It is at version 4: placed, submitted, confirmed, shipped.
func (t *T) ship(values ...func(body)) placed {
	p := t.submit(t.stocked(values...))
	if a := t.ended(p); a.text("/status") != "succeeded" {
		t.fail(a, "status succeeded")
		panic(stop{})
	}
	t.stands(p, endShipped)
	return p
}

// ended waits for the end of an order's run, and returns its fulfilment.
func (t *T) ended(p placed) answer {
	over := func(a answer) bool {
		return slices.Contains([]string{"succeeded", "compensated", "stuck"}, a.text("/status"))
	}
	a := t.within(t.lasting, get(p.path+"/fulfilment"), over)
	if !over(a) {
		t.fail(a, "the end of the run, within %v", t.lasting)
		panic(stop{})
	}
	return a
}

// beside calls f for every number below n, all at once, and waits. One that
// stops leaves the others alone.
func (t *T) beside(n int, f func(int)) {
	each(n, func(i int) { t.guard(func() { f(i) }) })
}
