package main

import "strings"

func stockItem(product string, onHand, version int64) body {
	return body{"productId": product, "onHand": onHand, "reserved": 0, "available": onHand, "version": version}
}

func stocks() []check {
	return []check{
		{sentence: "POST /stock/{productId}/receive → 200 with the stock item; it creates the product, and adds to it.", run: func(t *T) {
			product := fresh("product")
			path := "/stock/" + product
			for i, onHand := range []int64{5, 10, 15} {
				a := t.must(post(path+"/receive", receipt(5).String()), 200)
				t.same(a, a.json(), stockItem(product, onHand, int64(i+1)))
				t.same(a, a.etag(), quote(canonical(i+1)))
			}
		}},
		{sentence: "GET /stock/{productId} shows it.", run: func(t *T) {
			product := fresh("product")
			path := "/stock/" + product
			t.must(post(path+"/receive", receipt(7).String()), 200)
			t.must(post(path+"/receive", receipt(1_000_000).String()), 200)
			a := t.atVersion(path, 2)
			t.same(a, a.json(), stockItem(product, 1_000_007, 2))
		}},
		{sentence: "GET /stock lists all of it: {items, next}, each item as it is shown alone.", run: func(t *T) {
			want := make(map[string]string)
			for _, product := range t.receiveTwo() {
				want[product] = canonical(stockItem(product, 1, 1))
				t.atVersion("/stock/"+product, 1)
			}
			got := make(map[string]string)
			// Others may receive meanwhile: only what was there before counts.
			for _, item := range t.pages("/stock?limit=100", 100, 1000) {
				product, _ := lookup(item, "/productId").(string)
				if _, twice := got[product]; twice {
					t.note(failure{sent: "GET /stock, page by page", expected: "each product once", got: product + " twice"})
				}
				got[product] = canonical(item)
			}
			for product, item := range want {
				if got[product] != item {
					t.note(failure{sent: "GET /stock, page by page", expected: item, got: strings.TrimSpace(got[product] + " for " + product)})
				}
			}
		}},
	}
}
