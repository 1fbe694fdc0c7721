package main

import "strings"

func delivering() []check {
	return []check{
		{sentence: "POST /orders/{id}/deliver of a shipped order → 200, delivered, and its shipment too; again: 200, nothing written.", long: true, run: func(t *T) {
			p := t.ship()
			before := t.atVersion(p.path, 4)
			for range 2 {
				t.written(t.must(post(p.path+"/deliver", ""), 200), p, "delivered", due, 5)
			}
			a := t.atVersion(p.path, 5)
			t.same(a, []any{a.at("/version"), a.at("/status"), a.at("/shipment/status")}, []any{5, "delivered", "delivered"})
			t.timeAt(a, "/deliveredAt")
			for _, same := range []string{"/payment", "/shipment/trackingNumber", "/submittedAt", "/confirmedAt", "/shippedAt", "/cancelledAt"} {
				t.same(a, a.at(same), before.at(same))
			}
		}},
		{sentence: "It writes the order alone: the stock and the fulfilment stay.", long: true, run: func(t *T) {
			p := t.ship()
			t.holds(p.product, inStock-2)
			reads := []request{get("/stock/" + p.product), get(p.path + "/fulfilment")}
			var before []answer
			for _, r := range reads {
				before = append(before, t.must(r, 200))
			}
			t.must(post(p.path+"/deliver", "{}"), 200)
			t.atVersion(p.path, 5)
			for i, r := range reads {
				a := t.must(r, 200)
				t.same(a, a.json(), before[i].json())
			}
		}},
		{sentence: "It takes a key and a tag as every write does.", long: true, run: func(t *T) {
			p := t.ship()
			r := post(p.path+"/deliver", "")
			for _, key := range []string{"", "schlüssel", strings.Repeat("k", 256)} {
				t.refuse(r.key(key), 400, "")
			}
			for _, tag := range []string{"*", "4", `W/"4"`, `"4", "5"`} {
				t.refuse(r.ifMatch(tag), 400, "")
			}
			for _, tag := range []string{`"3"`, `"5"`, `"abc"`} {
				t.refuse(r.ifMatch(tag), 412, "")
			}
			t.unwritten(p.path, 4)
			keyed := r.key(fresh("key")).ifMatch(t.atVersion(p.path, 4).etag())
			a := t.twenty(keyed)
			t.written(a, p, "delivered", due, 5)
			t.again(a, keyed)
			t.refuse(r.ifMatch(`"4"`), 412, "")
			t.unwritten(p.path, 5)
		}},
		{sentence: "Deliver of what is not shipped: 422, nothing written.", run: func(t *T) {
			pending, submitted, cancelled := t.place(), t.place(), t.place()
			t.submit(submitted) // for what nobody has: it is never shipped
			t.must(post(cancelled.path+"/cancel", cancellation), 200)
			for _, p := range []placed{pending, submitted, cancelled} {
				t.refuse(post(p.path+"/deliver", ""), 422, "")
			}
			t.unwritten(pending.path, 1)
			t.unwritten(cancelled.path, 2)
		}},
	}
}
