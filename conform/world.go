package main

import (
	"crypto/rand"
	"fmt"
	"strings"
)

// fresh returns an id that nobody has used.
func fresh(prefix string) string { return prefix + "-" + strings.ToLower(rand.Text()) }

// anOrder returns an order that is right in all its parts, by a customer and for
// a product that nobody has used.
func anOrder() body {
	return body{
		"customerId":    fresh("customer"),
		"customerEmail": "ada@example.com",
		"items":         []any{anItem(fresh("product"))},
		"shippingAddress": body{
			"name": "Ada Lovelace", "line1": "1 Main St", "city": "Springfield", "postalCode": "12345", "country": "US",
		},
		"paymentMethod": "tok_ok",
	}
}

// anItem returns two pieces of a product.
func anItem(product string) body {
	return body{"productId": product, "name": "Lamp", "quantity": 2, "unitPrice": usd(2999)}
}

// someItems returns n items of different products.
func someItems(n int) []any {
	var all []any
	for i := range n {
		all = append(all, anItem(fresh(fmt.Sprintf("product-%d", i))))
	}
	return all
}

func usd(amount int64) body     { return body{"amount": amount, "currency": "USD"} }
func receipt(quantity int) body { return body{"quantity": quantity} }

const cancellation = `{"reason": "changed my mind"}`

// A placed order, as the client knows it.
type placed struct {
	answer
	sent              body
	id, path          string
	customer, product string
}

// place places anOrder.
func (t *T) place(headers ...string) placed { return t.placeThis(anOrder(), headers...) }

func (t *T) placeThis(sent body, headers ...string) placed {
	a := t.must(post("/orders", sent.String()).with(headers...), 201)
	p := placed{answer: a, sent: sent, id: a.text("/id")}
	p.path = "/orders/" + p.id
	p.customer, _ = sent["customerId"].(string)
	p.product, _ = sent["items"].([]any)[0].(body)["productId"].(string)
	if p.id == "" {
		t.fail(a, "the id of the order")
		panic(stop{})
	}
	return p
}

// A write is a route that writes to an order or a product.
type write struct {
	name string
	make func(*T) request // to an order or product of its own, at version 1
}

// writes returns every route that writes but POST /orders, and deliver, whose
// order has to be shipped before; see delivering.
func writes() []write {
	order := func(f func(placed) request) func(*T) request {
		return func(t *T) request { return f(t.place()) }
	}
	return []write{
		{"POST items", order(func(p placed) request { return post(p.path+"/items", anItem(fresh("product")).String()) })},
		{"PUT items", order(func(p placed) request { return put(p.path+"/items", body{"items": someItems(2)}.String()) })},
		{"DELETE an item", func(t *T) request {
			sent := anOrder()
			sent["items"] = someItems(2)
			p := t.placeThis(sent)
			return del(p.path + "/items/" + p.product)
		}},
		{"submit", order(func(p placed) request { return post(p.path+"/submit", "") })},
		{"cancel", order(func(p placed) request { return post(p.path+"/cancel", cancellation) })},
		{"receive", func(t *T) request {
			path := "/stock/" + fresh("product") + "/receive"
			t.must(post(path, receipt(1).String()), 200)
			return post(path, receipt(5).String())
		}},
	}
}

// atVersion reads a thing once it has reached a version.
func (t *T) atVersion(path string, version int64) answer {
	return t.must(get(fmt.Sprintf("%s?min_version=%d", path, version)), 200)
}

// unwritten checks that the thing under path is still at the version.
func (t *T) unwritten(path string, version int64) {
	a := t.atVersion(path, version)
	if a.version() != version {
		t.fail(a, "version %d still: nothing was written", version)
	}
}
