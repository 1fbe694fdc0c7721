package main

import "strings"

func keys() []check {
	return []check{
		{sentence: "Idempotency-Key is 1 to 255 printable ASCII characters; anything else is 400.", run: func(t *T) {
			for _, key := range []string{"!" + fresh(""), fresh("") + " ~", strings.Repeat("k", 200) + "." + fresh("")} {
				t.expect(post("/orders", anOrder().String()).key((key + strings.Repeat("x", 255))[:255]), 201)
				t.expect(post("/orders", anOrder().String()).key(key), 201)
			}
			t.expect(post(t.place().path+"/submit", "").key("k"), 202)
			bad := [][]string{
				{""}, {strings.Repeat("k", 256)}, {strings.Repeat("k", 2000)}, {"schlüssel"}, {"\xff"}, {"a\tb"}, {"ключ"}, {"a", "a"}, {"a", "b"},
			}
			for _, w := range writes() {
				r := w.make(t)
				for _, keys := range bad {
					r := r
					for _, key := range keys {
						r = r.key(key)
					}
					t.refuse(r, 400, "")
				}
				t.expect(r, 200, 202) // nothing was written before
			}
			t.refuse(post("/orders", anOrder().String()).key(""), 400, "")
		}},
		{sentence: "A key belongs to the order or product that it writes.", run: func(t *T) {
			key := fresh("key")
			for _, w := range writes() {
				for range 2 {
					t.expect(w.make(t).key(key), 200, 202)
				}
			}
		}},
		{sentence: "The key of POST /orders belongs to the tenant: the same request again is the same order.", run: func(t *T) {
			r := post("/orders", anOrder().String()).key(fresh("key"))
			t.again(t.must(r, 201), r)
		}},
		{sentence: "The same key with another request is 422.", run: func(t *T) {
			key := fresh("key")
			sent := anOrder()
			t.must(post("/orders", sent.String()).key(key), 201)
			t.refuse(post("/orders", sent.with("/items/0/quantity", "3")).key(key), 422, "")
			t.refuse(post("/orders", sent.with("/customerId", quote(fresh("customer")))).key(key), 422, "")
			t.refuse(post("/orders", sent.without("/customerEmail")).key(key), 422, "")

			p := t.place()
			item := anItem(fresh("product"))
			t.must(post(p.path+"/items", item.String()).key(key), 200)
			for _, r := range []request{
				post(p.path+"/items", item.with("/quantity", "1")),
				put(p.path+"/items", body{"items": []any{item}}.String()),
				del(p.path + "/items/" + p.product),
				post(p.path+"/submit", ""),
				post(p.path+"/cancel", cancellation),
			} {
				t.refuse(r.key(key), 422, "")
			}
			t.unwritten(p.path, 2)

			stock := "/stock/" + fresh("product")
			t.must(post(stock+"/receive", receipt(1).String()).key(key), 200)
			t.refuse(post(stock+"/receive", receipt(2).String()).key(key), 422, "")
			t.unwritten(stock, 1)
		}},
		{sentence: "A request without a key is one of its own.", run: func(t *T) {
			sent := anOrder()
			if a, b := t.placeThis(sent), t.placeThis(sent); a.id == b.id {
				t.fail(b.answer, "another id than that of the order before")
			}
			stock := "/stock/" + fresh("product")
			t.must(post(stock+"/receive", receipt(3).String()), 200)
			if a := t.must(post(stock+"/receive", receipt(3).String()), 200); a.number("/onHand") != 6 {
				t.fail(a, "onHand 6")
			}
		}},
	}
}

// again sends a request once more and compares the answer with the first.
func (t *T) again(first answer, r request) {
	t.equal(first, t.send(r))
}

// equal compares what a repeat has to repeat.
func (t *T) equal(first, again answer) {
	if a, b := repeated(first), repeated(again); a != b {
		t.note(failure{sent: again.request.String() + ", again", expected: a, got: b})
	}
}

func repeated(a answer) string {
	return strings.Join([]string{anyOf([]int{a.status}), "ETag: " + a.etag(), "Location: " + a.header.Get("Location"), shown(a.body)}, " · ")
}
