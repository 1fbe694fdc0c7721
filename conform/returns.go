package main

import "strings"

// returning is what docs/api.md says of returns.
func returning() []check {
	return []check{
		{sentence: "POST /orders/{id}/return of a delivered order → 200, returned; again: 200, nothing written.", long: true, run: func(t *T) {
			p := t.delivered()
			for _, reason := range []string{"it wobbles", "another"} {
				t.written(t.must(post(p.path+"/return", body{"reason": reason}.String()), 200), p, "returned", due, 6)
			}
			a := t.atVersion(p.path, 6)
			t.same(a, []any{a.at("/version"), a.at("/status"), a.at("/returnReason"), a.at("/shipment/status")}, []any{6, "returned", "it wobbles", "delivered"})
			t.timeAt(a, "/returnedAt")
			t.listed(p, "returned", 6)
		}},
		{sentence: "Soon after it is refunded and its goods are in stock again, once.", long: true, run: func(t *T) {
			p := t.delivered()
			t.holds(p.product, inStock-2)
			t.must(post(p.path+"/return", comesBack), 200)
			a := t.until(get(p.path), func(a answer) bool {
				return a.at("/restockedAt") != nil && a.at("/payment/status") == "refunded"
			})
			t.same(a, a.at("/payment/refunded"), usd(due))
			t.timeAt(a, "/restockedAt")
			t.must(post(p.path+"/return", comesBack), 200)
			t.holds(p.product, inStock)
		}},
		{sentence: "Return of what is not delivered: 422, order.not_delivered, nothing written; of what is not there: 404.", long: true, run: func(t *T) {
			pending, cancelled, shipped := t.place(), t.place(), t.ship()
			t.must(post(cancelled.path+"/cancel", cancellation), 200)
			for _, p := range []placed{pending, cancelled, shipped} {
				t.refusedAs(post(p.path+"/return", comesBack), 422, "order.not_delivered")
			}
			t.unwritten(pending.path, 1)
			t.unwritten(cancelled.path, 2)
			t.unwritten(shipped.path, 4)
			t.refusedAs(post("/orders/"+fresh("order")+"/return", comesBack), 404, "order.not_placed")
		}},
		{sentence: "A returned order is not cancelled: 422; delivered it was: 200.", long: true, run: func(t *T) {
			p := t.delivered()
			t.must(post(p.path+"/return", comesBack), 200)
			t.refusedAs(post(p.path+"/cancel", cancellation), 422, "order.shipped")
			t.written(t.must(post(p.path+"/deliver", ""), 200), p, "returned", due, 6)
			t.unwritten(p.path, 6)
		}},
		{sentence: "The reason is a text of 1 to 500 characters that is not blank.", parses: true, run: func(t *T) {
			p := t.place()
			for _, reason := range []any{nil, 1, "", " ", strings.Repeat("x", 501), []any{}} {
				t.refuse(post(p.path+"/return", body{"reason": reason}.String()), 400, "")
			}
			t.refuse(post(p.path+"/return", "{}"), 400, "")
			t.refusedAs(post(p.path+"/return", body{"reason": strings.Repeat("é", 500)}.String()), 422, "order.not_delivered")
			t.unwritten(p.path, 1)
		}},
		{sentence: "It takes a key and a tag as every write does: of twenty at once one returns it.", long: true, run: func(t *T) {
			p := t.delivered()
			r := post(p.path+"/return", comesBack)
			t.refuse(r.ifMatch(`"4"`), 412, "")
			keyed := r.key(fresh("key")).ifMatch(t.atVersion(p.path, 5).etag())
			a := t.twenty(keyed)
			t.written(a, p, "returned", due, 6)
			t.again(a, keyed)
		}},
	}
}

const comesBack = `{"reason": "it wobbles"}`

// refusedAs checks that a request is refused for one reason.
func (t *T) refusedAs(r request, status int, code string) {
	a := t.must(r, status)
	t.same(a, a.at("/code"), code)
}

// delivered returns an order that has arrived.
func (t *T) delivered() placed {
	p := t.ship()
	t.must(post(p.path+"/deliver", ""), 200)
	return p
}
