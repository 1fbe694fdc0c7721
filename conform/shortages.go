package main

func shortages() []check {
	return []check{
		{sentence: "Not enough stock: cancelled with a reason, nothing captured, the stock untouched.", long: true, run: func(t *T) {
			p := t.place() // of 2
			t.must(post("/stock/"+p.product+"/receive", receipt(1).String()), 200)
			t.ran(t.submit(p), way("ReserveStock", "refused"))
			t.stands(p, endUnpaid)
			t.holds(p.product, 1)
		}},
		{sentence: "A product never received: the same; what was reserved of the others is released.", long: true, run: func(t *T) {
			p, absent := t.placeWithAbsent()
			t.ran(t.submit(p), way("ReserveStock", "refused"))
			t.stands(p, endUnpaid)
			t.holds(p.product, 5)
			t.refuse(get("/stock/"+absent), 404, "")
		}},
		{sentence: "It is 404 also when a release is recorded for it, until it is received.", long: true, run: func(t *T) {
			p, absent := t.placeWithAbsent()
			t.ended(t.submit(p))
			path := "/stock/" + absent
			for _, r := range []request{get(path), get(path + "?min_version=1"), get(path + "?min_version=2")} {
				t.refuse(r, 404, "")
				r.method = "HEAD"
				t.refuse(r, 404, "")
			}
			a := t.must(post(path+"/receive", receipt(3).String()), 200)
			t.same(a, a.json(), stockItem(absent, 3, a.version()))
			read := t.atVersion(path, a.version())
			t.same(read, read.json(), a.json())
		}},
	}
}

// placeWithAbsent places an order for a product of which there are five pieces,
// and one more that nobody has received.
func (t *T) placeWithAbsent() (p placed, absent string) {
	absent = fresh("product-z")
	sent := anOrder()
	sent["items"] = []any{anItem(fresh("product-a")), anItem(absent)}
	p = t.placeThis(sent)
	t.must(post("/stock/"+p.product+"/receive", receipt(5).String()), 200)
	return p, absent
}
