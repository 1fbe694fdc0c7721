package main

import (
	"maps"
	"strings"
	"time"
)

var orderStatuses = []string{"pending", "submitted", "confirmed", "cancelling", "shipped", "delivered", "returned", "cancelled"}

func reading() []check {
	return []check{
		{sentence: "GET /orders/{id} shows the whole order.", run: func(t *T) {
			p := t.place()
			a := t.atVersion(p.path, 1)
			want := t.shownOrder(a, p)
			t.same(a, a.json(), want)

			t.must(post(p.path+"/cancel", cancellation), 200)
			a = t.atVersion(p.path, 2)
			maps.Copy(want, body{"status": "cancelled", "version": 2, "cancelReason": "changed my mind", "cancelledAt": t.timeAt(a, "/cancelledAt")})
			t.same(a, a.json(), want)
		}},
		{sentence: "It shows when the order was submitted.", run: func(t *T) {
			p := t.place()
			t.must(post(p.path+"/submit", ""), 202)
			a := t.atVersion(p.path, 2)
			t.timeAt(a, "/submittedAt")
		}},
		{sentence: "customerEmail that was not given is an email of null, and a name that was not is none.", run: func(t *T) {
			v, _ := parse(anOrder().without("/customerEmail"))
			sent := body(v.(map[string]any))
			sent["items"] = []any{body{"productId": "x", "quantity": 1, "unitPrice": usd(1)}}
			p := t.placeThis(sent)
			a := t.atVersion(p.path, 1)
			recipient, _ := a.at("/recipient").(map[string]any)
			if email, there := recipient["email"]; !there || email != nil {
				t.fail(a, "recipient.email null")
			}
			item, _ := a.at("/items/0").(map[string]any)
			if item["name"] == nil {
				delete(item, "name")
			}
			t.same(a, item, body{"productId": "x", "quantity": 1, "unitPrice": usd(1)})
		}},
	}
}

// shownOrder returns a pending order as it is to be read; its time is that of
// the answer.
func (t *T) shownOrder(a answer, p placed) body {
	recipient := maps.Clone(p.sent["shippingAddress"].(body))
	recipient["email"] = p.sent["customerEmail"]
	return body{
		"id": p.id, "customerId": p.customer, "status": "pending", "items": p.sent["items"], "total": usd(2 * 2999),
		"recipient": recipient,
		"payment":   body{"status": "none", "captured": usd(0), "refunded": usd(0)},
		"shipment":  body{"status": "none", "trackingNumber": nil},
		"version":   1, "placedAt": t.timeAt(a, "/placedAt"), "cancelReason": nil,
		"submittedAt": nil, "confirmedAt": nil, "shippedAt": nil, "deliveredAt": nil, "cancelledAt": nil,
	}
}

// listed checks that an order is in its customer's list of that status, and in
// no other.
func (t *T) listed(p placed, status string, version int64) {
	line := body{"id": p.id, "customerId": p.customer, "status": status, "total": usd(due), "version": version, "placedAt": t.atVersion(p.path, version).at("/placedAt")}
	for _, other := range orderStatuses {
		want := body{"items": []any{}, "next": nil}
		if other == status {
			want["items"] = []any{line}
		}
		t.comes(get("/orders?customer="+p.customer+"&status="+other), answer.json, want)
	}
}

// timeAt returns the time at the pointer, which is to be a recent one.
func (t *T) timeAt(a answer, pointer string) any {
	at, err := time.Parse(time.RFC3339Nano, a.text(pointer))
	if err != nil || !strings.HasSuffix(a.text(pointer), "Z") || time.Since(at).Abs() > time.Hour {
		t.fail(a, "a time of this hour at %s", pointer)
	}
	return a.at(pointer)
}

func listing() []check {
	return []check{
		{sentence: "GET /orders?customer= lists {id, customerId, status, total, version, placedAt}, newest first.", run: func(t *T) {
			customer := fresh("customer")
			var want []any
			for range 3 {
				sent := anOrder()
				sent["customerId"] = customer
				p := t.placeThis(sent)
				placedAt := t.atVersion(p.path, 1).at("/placedAt")
				line := body{"id": p.id, "customerId": customer, "status": "pending", "total": usd(2 * 2999), "version": 1, "placedAt": placedAt}
				want = append([]any{line}, want...)
				time.Sleep(5 * time.Millisecond) // newest first is about times
			}
			a := t.until(get("/orders?customer="+customer), func(a answer) bool { return len(a.items()) == len(want) })
			t.same(a, a.json(), body{"items": want, "next": nil})
		}},
		{sentence: "GET /orders?customer=&status= lists those of that status, as it changes.", run: func(t *T) {
			customer := fresh("customer")
			sent := anOrder()
			sent["customerId"] = customer
			kept, cancelled := t.placeThis(sent), t.placeThis(sent)
			t.must(post(cancelled.path+"/cancel", cancellation), 200)
			for status, id := range map[string]string{"pending": kept.id, "cancelled": cancelled.id} {
				list := get("/orders?customer=" + customer + "&status=" + status)
				a := t.until(list, func(a answer) bool { return len(a.items()) == 1 && a.text("/items/0/id") == id })
				if len(a.items()) != 1 || a.text("/items/0/id") != id || a.text("/items/0/status") != status {
					t.fail(a, "order %s alone", id)
				}
			}
			a := t.expect(get("/orders?customer="+customer+"&status=shipped"), 200)
			t.same(a, a.json(), body{"items": []any{}, "next": nil})
		}},
		{sentence: "A run changes it as well: submitted, shipped, delivered, cancelled.", long: true, run: func(t *T) {
			p, refused := t.ship(), t.submit(t.stocked(paying("tok_declined")))
			t.ran(refused, way("TakePayment", "refused"))
			t.listed(p, "shipped", 4)
			t.listed(refused, "cancelled", 4)
			t.must(post(p.path+"/deliver", ""), 200)
			t.listed(p, "delivered", 5)
			slow := t.reserved(t.stocked(paying("tok_timeout_after_charge")))
			t.listed(slow, "submitted", 2)
		}},
		{sentence: "GET /orders?day= lists those that were placed on that day in UTC, also by customer and by status.", run: func(t *T) {
			p := t.place()
			placed, err := time.Parse(time.RFC3339Nano, t.atVersion(p.path, 1).text("/placedAt"))
			if err != nil {
				panic(stop{}) // noted by the checks of one order
			}
			for days := -1; days <= 1; days++ {
				day := placed.AddDate(0, 0, days).Format(time.DateOnly)
				for filters, there := range map[string]bool{"": true, "&status=pending": true, "&status=shipped": false} {
					list := get("/orders?customer=" + p.customer + "&day=" + day + filters)
					t.comes(list, func(a answer) any { return []any{len(a.items()), a.at("/next")} }, []any{map[bool]int{true: 1}[there && days == 0], nil})
				}
			}
			list := get("/orders?limit=100&day=" + placed.Format(time.DateOnly))
			found := func(a answer) bool { return strings.Contains(a.body, p.id) || a.text("/next") != "" }
			a := t.until(list, found)
			if !found(a) {
				t.fail(a, "order %s in the list", p.id)
			}
			for _, item := range a.items() {
				if at, _ := lookup(item, "/placedAt").(string); !strings.HasPrefix(at, placed.Format(time.DateOnly)) {
					t.fail(a, "orders of %s alone", placed.Format(time.DateOnly))
				}
			}
		}},
		{sentence: "GET /orders and GET /orders?status= list those of everybody.", run: func(t *T) {
			p := t.place()
			for _, list := range []string{"/orders?limit=100", "/orders?limit=100&status=pending"} {
				found := func(a answer) bool { return strings.Contains(a.body, p.id) }
				// It is among the newest, but not alone: the other checks place orders, too.
				if a := t.until(get(list), func(a answer) bool { return found(a) || a.text("/next") != "" }); !found(a) && a.text("/next") == "" {
					t.fail(a, "order %s in the list", p.id)
				}
			}
			for _, item := range t.expect(get("/orders?limit=100&status=pending"), 200).items() {
				if lookup(item, "/status") != "pending" {
					t.note(failure{sent: "GET /orders?limit=100&status=pending", expected: "pending orders alone", got: canonical(item)})
				}
			}
		}},
		{sentence: "The newest come first, for everybody's list as well.", run: func(t *T) {
			t.place()
			var before time.Time
			for i, item := range t.expect(get("/orders?limit=100"), 200).items() {
				text, _ := lookup(item, "/placedAt").(string)
				at, err := time.Parse(time.RFC3339Nano, text)
				if err != nil || i > 0 && at.After(before) {
					t.note(failure{sent: "GET /orders?limit=100", expected: "an order placed no later than " + before.String(), got: canonical(item)})
				}
				before = at
			}
		}},
	}
}
