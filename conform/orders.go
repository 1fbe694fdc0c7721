package main

import "regexp"

var (
	writeTag = regexp.MustCompile(`^"[1-9][0-9]*"$`)
	readTag  = regexp.MustCompile(`^"[1-9][0-9]*\.[^"]+"$`)
)

func placing() []check {
	return []check{
		{sentence: "POST /orders → 201, Location, ETag, {id, status: \"pending\", total, version}.", run: func(t *T) {
			sent := anOrder()
			sent["items"] = []any{anItem("x"), body{"productId": "y", "quantity": 3, "unitPrice": usd(5)}}
			p := t.placeThis(sent)
			t.same(p.answer, p.json(), body{"id": p.id, "status": "pending", "total": usd(2*2999 + 3*5), "version": 1})
			t.same(p.answer, body{"ETag": p.etag(), "Location": p.header.Get("Location")}, body{"ETag": `"1"`, "Location": p.path})
		}},
		{sentence: "Its required fields are required.", parses: true, run: func(t *T) {
			for _, field := range []string{"/customerId", "/items", "/items/0/productId", "/items/0/quantity", "/items/0/unitPrice", "/shippingAddress", "/paymentMethod"} {
				t.refuse(post("/orders", anOrder().without(field)), 400, field)
			}
			for _, raw := range notTexts {
				t.refuse(post("/orders", anOrder().with("/paymentMethod", raw)), 400, "/paymentMethod")
			}
		}},
		{sentence: "What is refused or malformed places nothing.", parses: true, run: func(t *T) {
			sent := anOrder()
			t.refuse(post("/orders", sent.with("/paymentMethod", `"tok_none"`)), 422, "")
			t.refuse(post("/orders", sent.with("/items/0/quantity", "0")), 400, "")
			t.refuse(post("/orders", sent.String()).ifMatch("*"), 400, "")
			t.refuse(post("/orders?x=1", sent.String()), 400, "")
			a := t.expect(get("/orders?customer="+sent["customerId"].(string)), 200)
			t.same(a, a.json(), body{"items": []any{}, "next": nil})
		}},
	}
}

// written checks the answer of a write on an order: whole, and its tag.
func (t *T) written(a answer, p placed, status string, total, version int64) {
	t.same(a, a.json(), body{"id": p.id, "status": status, "total": usd(total), "version": version})
	t.same(a, a.etag(), quote(canonical(version))) // a tag is a version in quotes
}

func editing() []check {
	return []check{
		{sentence: "POST /orders/{id}/items adds an item → 200, ETag and {id, status, total, version}.", run: func(t *T) {
			p := t.place()
			other := fresh("product")
			a := t.must(post(p.path+"/items", body{"productId": other, "quantity": 1, "unitPrice": usd(7)}.String()), 200)
			t.written(a, p, "pending", 2*2999+7, 2)
			read := t.atVersion(p.path, 2)
			t.same(read, quantities(read), body{p.product: 2, other: 1})
		}},
		{sentence: "Of a product already there it adds to it at the same price, and is refused at another.", run: func(t *T) {
			p := t.place()
			a := t.must(post(p.path+"/items", anItem(p.product).with("/quantity", "3")), 200)
			t.written(a, p, "pending", 5*2999, 2)
			t.refuse(post(p.path+"/items", anItem(p.product).with("/unitPrice/amount", "2998")), 422, "")
			read := t.atVersion(p.path, 2)
			t.same(read, quantities(read), body{p.product: 5})
			t.unwritten(p.path, 2)
		}},
		{sentence: "PUT /orders/{id}/items replaces all.", run: func(t *T) {
			p := t.place()
			a := t.must(put(p.path+"/items", body{"items": []any{
				body{"productId": "x", "quantity": 1, "unitPrice": usd(10)},
				body{"productId": "y", "quantity": 2, "unitPrice": usd(0)},
			}}.String()), 200)
			t.written(a, p, "pending", 10, 2)
			read := t.atVersion(p.path, 2)
			t.same(read, quantities(read), body{"x": 1, "y": 2})
		}},
		{sentence: "DELETE /orders/{id}/items/{productId} removes an item; an absent one: 200, nothing written; the last one: 422.", run: func(t *T) {
			sent := anOrder()
			sent["items"] = []any{anItem("x"), anItem("y:1@_-.")}
			p := t.placeThis(sent)
			t.written(t.must(del(p.path+"/items/absent"), 200), p, "pending", 4*2999, 1)
			t.written(t.must(del(p.path+"/items/y%3A1@_-."), 200), p, "pending", 2*2999, 2)
			t.written(t.must(del(p.path+"/items/y:1@_-."), 200), p, "pending", 2*2999, 2)
			t.refuse(del(p.path+"/items/x"), 422, "")
			t.unwritten(p.path, 2)
		}},
		{sentence: "POST /orders/{id}/submit → 202, ETag and {id, status, total, version}.", run: func(t *T) {
			p := t.place()
			t.written(t.must(post(p.path+"/submit", ""), 202), p, "submitted", 2*2999, 2)
		}},
		{sentence: "An order is edited only while it is pending: 422.", run: func(t *T) {
			submitted, cancelled := t.place(), t.place()
			t.must(post(submitted.path+"/submit", ""), 202)
			t.must(post(cancelled.path+"/cancel", cancellation), 200)
			for _, p := range []placed{submitted, cancelled} {
				t.refuse(post(p.path+"/items", anItem(fresh("product")).String()), 422, "")
				t.refuse(put(p.path+"/items", body{"items": someItems(1)}.String()), 422, "")
			}
			t.refuse(post(cancelled.path+"/submit", ""), 422, "")
		}},
	}
}

// quantities returns how many of each product an order has.
func quantities(order answer) body {
	all := body{}
	for _, item := range order.items() {
		product, _ := lookup(item, "/productId").(string)
		all[product] = lookup(item, "/quantity")
	}
	return all
}
