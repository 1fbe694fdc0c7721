package main

import (
	"fmt"
	"slices"
)

// notPlain are numbers that are none in plain digits, or not even JSON.
var notPlain = []string{
	"1.0", "1.5", "0.1e1", "1e0", "1E2", "1e-2", "1e999", "-0", "-0.0", "-1", "-1000000", `"1"`, "null", "true", "[]", "{}", "[1]",
	"9223372036854775807", "9223372036854775808", "-9223372036854775809", "18446744073709551617", "99999999999999999999999999999999999999",
}

func numbers() []check {
	return []check{
		{sentence: "A quantity, ordered or received, is 1 to 1,000,000.", run: func(t *T) {
			p := t.place()
			for _, n := range []string{"1", "1000000"} {
				t.expect(post("/orders", anOrder().with("/items/0/quantity", n)), 201)
				t.expect(post("/stock/"+fresh("product")+"/receive", receipt(0).with("/quantity", n)), 200)
			}
			for _, n := range append(slices.Clone(notPlain), "0", "1000001") {
				t.refuse(post("/orders", anOrder().with("/items/0/quantity", n)), 400, "/items/0/quantity")
				t.refuse(post(p.path+"/items", anItem(fresh("product")).with("/quantity", n)), 400, "/quantity")
				t.refuse(put(p.path+"/items", body{"items": someItems(2)}.with("/items/1/quantity", n)), 400, "/items/1/quantity")
				t.refuse(post("/stock/"+fresh("product")+"/receive", receipt(0).with("/quantity", n)), 400, "/quantity")
			}
			t.unwritten(p.path, 1)
		}},
		{sentence: "An amount is 0 to 10¹²; integers are plain digits: no fraction, no exponent.", run: func(t *T) {
			const field = "/items/0/unitPrice/amount"
			for _, n := range []string{"0", "1000000000000"} {
				t.expect(post("/orders", anOrder().with(field, n)), 201)
			}
			for _, n := range append(slices.Clone(notPlain), "1000000000001") {
				t.refuse(post("/orders", anOrder().with(field, n)), 400, field)
			}
		}},
		{sentence: "A currency is a code of ISO 4217.", run: func(t *T) {
			const field = "/items/0/unitPrice/currency"
			for _, code := range []string{"EUR", "JPY", "CHF"} {
				t.expect(post("/orders", anOrder().with(field, quote(code))), 201)
			}
			for _, code := range []string{"", "usd", "US", "USDD", "U$D", "ÜSD", "QQQ", " USD"} {
				t.refuse(post("/orders", anOrder().with(field, quote(code))), 400, field)
			}
		}},
		{sentence: "Money needs both of its fields.", run: func(t *T) {
			const price = "/items/0/unitPrice"
			for _, raw := range []string{"2999", `"29.99"`, "null", "[]"} {
				t.refuse(post("/orders", anOrder().with(price, raw)), 400, price)
			}
			for _, field := range []string{price, price + "/amount", price + "/currency"} {
				t.refuse(post("/orders", anOrder().without(field)), 400, field)
			}
		}},
		{sentence: "An order has 1 to 100 items.", run: func(t *T) {
			sent := anOrder()
			sent["items"] = someItems(100)
			p := t.placeThis(sent)
			t.refuse(post(p.path+"/items", anItem(fresh("product")).String()), 422, "")
			t.refuse(post("/orders", anOrder().with("/items", "[]")), 400, "/items")
			t.refuse(post("/orders", anOrder().with("/items", canonical(someItems(101)))), 400, "/items")
			t.refuse(put(p.path+"/items", body{"items": []any{}}.String()), 400, "/items")
			t.refuse(put(p.path+"/items", body{"items": someItems(101)}.String()), 400, "/items")
			for _, raw := range []string{"null", "{}", `"x"`, "1", "[null]", "[[]]"} {
				t.refuse(post("/orders", anOrder().with("/items", raw)), 400, "")
			}
			t.unwritten(p.path, 1)
		}},
		{sentence: "An order has each product once.", run: func(t *T) {
			p := t.place()
			twice := []any{anItem("x"), anItem("y"), anItem("x")}
			t.refuse(post("/orders", anOrder().with("/items", canonical(twice))), 400, "/items/2/productId")
			t.refuse(put(p.path+"/items", body{"items": twice}.String()), 400, "/items/2/productId")
			t.unwritten(p.path, 1)
		}},
		{sentence: "An order has one currency.", run: func(t *T) {
			p := t.place()
			euros := body{"productId": "y", "quantity": 1, "unitPrice": body{"amount": 1, "currency": "EUR"}}
			mixed := []any{anItem("x"), euros}
			t.refuse(post("/orders", anOrder().with("/items", canonical(mixed))), 400, "/items/1/unitPrice/currency")
			t.refuse(put(p.path+"/items", body{"items": mixed}.String()), 400, "/items/1/unitPrice/currency")
			t.refuse(post(p.path+"/items", euros.String()), 422, "")
			t.unwritten(p.path, 1)
		}},
		{sentence: "No item grows over 1,000,000 pieces.", run: func(t *T) {
			p := t.place() // of 2
			more := anItem(p.product)
			t.refuse(post(p.path+"/items", more.with("/quantity", "999999")), 422, "")
			t.expect(post(p.path+"/items", more.with("/quantity", "999998")), 200)
		}},
		{sentence: "A total is exact to the last digit; one that cannot be counted is refused.", run: func(t *T) {
			sent := anOrder()
			large := func(n int) (items []any) {
				for i := range n {
					items = append(items, body{"productId": fmt.Sprintf("p-%d", i), "quantity": 1_000_000, "unitPrice": usd(1_000_000_000_000)})
				}
				return items
			}
			sent["items"] = append(large(9), body{"productId": "one", "quantity": 1, "unitPrice": usd(1)})
			p := t.placeThis(sent)
			t.same(p.answer, p.at("/total"), usd(9_000_000_000_000_000_001))
			t.refuse(post("/orders", anOrder().with("/items", canonical(large(10)))), 422, "")
			t.refuse(post(p.path+"/items", large(10)[9].(body).String()), 422, "")
			t.unwritten(p.path, 1)
		}},
	}
}
