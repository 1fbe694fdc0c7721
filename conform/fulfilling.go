package main

import "maps"

func fulfilling() []check {
	return []check{
		{sentence: "GET /orders/{id}/fulfilment is 404 until the order is submitted, then it is there.", run: func(t *T) {
			pending, cancelled := t.place(), t.place()
			t.must(post(cancelled.path+"/cancel", cancellation), 200)
			for _, p := range []placed{pending, cancelled} {
				t.refuse(get(p.path+"/fulfilment"), 404, "")
			}
			t.submit(pending)
			a := t.until(get(pending.path+"/fulfilment"), func(a answer) bool { return a.is(200) })
			if !a.is(200) {
				t.fail(a, "200")
			}
		}},
		{sentence: "2 at 29.99 and 1 at 49.99 USD are reserved, paid, shipped and handed over: 109.97 USD, each step once, in order, with its times and no error.", long: true, run: func(t *T) {
			lamp, desk := fresh("product-a"), fresh("product-b")
			t.must(post("/stock/"+lamp+"/receive", receipt(100).String()), 200)
			t.must(post("/stock/"+desk+"/receive", receipt(50).String()), 200)
			sent := anOrder()
			sent["customerId"] = fresh("cust")
			sent["items"] = []any{
				body{"productId": lamp, "name": "Lamp", "quantity": 2, "unitPrice": usd(2999)},
				body{"productId": desk, "name": "Desk", "quantity": 1, "unitPrice": usd(4999)},
			}
			p := t.placeThis(sent)
			t.same(p.answer, p.at("/total"), usd(10997))
			run := t.ran(t.submit(p), happy())
			t.timed(run)
			if !readTag.MatchString(run.etag()) {
				t.fail(run, `ETag: "<version>.<digest>"`)
			}
			t.holds(lamp, 98)
			t.holds(desk, 49)
			t.shippedWhole(p, 10997)
		}},
		{sentence: "An order that costs nothing is shipped as well; its money is of its own currency.", long: true, run: func(t *T) {
			free := body{"amount": 0, "currency": "EUR"}
			p := t.stocked(func(sent body) { sent["items"].([]any)[0].(body)["unitPrice"] = free })
			t.ran(t.submit(p), happy())
			t.holds(p.product, inStock-2)
			t.comes(get(p.path), func(a answer) any {
				return []any{a.at("/status"), a.at("/total"), a.at("/payment/captured"), a.at("/payment/refunded")}
			}, []any{"shipped", free, free, free})
		}},
	}
}

// timed checks the times of a run in which all went well.
func (t *T) timed(fulfilment answer) {
	for i := range steps(fulfilment) {
		step := "/steps/" + canonical(i)
		t.timeAt(fulfilment, step+"/startedAt")
		t.timeAt(fulfilment, step+"/endedAt")
	}
}

// shippedWhole checks all that is shown of an order whose run has succeeded.
func (t *T) shippedWhole(p placed, total int64) {
	a := t.until(get(p.path+"?min_version=4"), func(a answer) bool {
		return a.text("/shipment/status") == "dispatched" && a.text("/payment/status") == "captured"
	})
	want := t.shownOrder(a, p)
	maps.Copy(want, body{
		"status": "shipped", "version": 4, "total": usd(total),
		"payment":     body{"status": "captured", "captured": usd(total), "refunded": usd(0)},
		"shipment":    body{"status": "dispatched", "trackingNumber": a.at("/shipment/trackingNumber")},
		"submittedAt": t.timeAt(a, "/submittedAt"), "confirmedAt": t.timeAt(a, "/confirmedAt"), "shippedAt": t.timeAt(a, "/shippedAt"),
	})
	t.same(a, a.json(), want)
	if a.text("/shipment/trackingNumber") == "" {
		t.fail(a, "a trackingNumber")
	}
}
