package main

import (
	"fmt"
	"net/url"
	"strings"
)

// lists returns the routes that answer lists, of one thing that is there.
func lists(p placed) []string {
	return []string{"/orders", "/fulfilments", "/stock", p.path + "/events"}
}

func queries() []check {
	return []check{
		{sentence: "A query that does not parse is 400.", run: func(t *T) {
			p := t.place()
			for _, list := range lists(p) {
				for _, query := range []string{"limit=%zz", "%", "limit=%", "limit=%1", "limit=1;cursor=x", "%zz=1", "limit=1&%g0"} {
					t.refuse(get(list+"?"+query), 400, "")
				}
			}
			t.refuse(get(p.path+"?min_version=%zz"), 400, "")
			t.refuse(get("/orders?customer=%c"), 400, "")
		}},
		{sentence: "An unknown parameter is 400, on every route, and one that is written otherwise.", run: func(t *T) {
			p := t.place()
			product := fresh("product")
			t.must(post("/stock/"+product+"/receive", receipt(1).String()), 200)
			for _, r := range append(routesOf(p.id, product), get("/orders"), get("/stock"), get("/healthz"), get("/openapi.json"),
				post("/orders", anOrder().String()), post("/stock/"+product+"/receive", receipt(1).String())) {
				path := r.target
				for _, query := range []string{"?x=1", "?Limit=1", "?=1", "?tenant=other", "?limit%00=1"} {
					r.target = path + query
					t.refuse(r, 400, "")
				}
			}
			for _, known := range []string{"/orders?min_version=1", "/stock?customer=a", "/stock?status=pending", p.path + "?limit=1", p.path + "/events?min_version=1", p.path + "/fulfilment?limit=1", p.path + "/fulfilment?min_version=1", "/stock/" + product + "?cursor=x", p.path + "?after=order/" + p.id + "@1", p.path + "/events?after=order/" + p.id + "@1"} {
				t.refuse(get(known), 400, "")
			}
			t.unwritten(p.path, 1)
			t.unwritten("/stock/"+product, 1)
		}},
		{sentence: "A repeated parameter is 400.", run: func(t *T) {
			p := t.place()
			for _, list := range lists(p) {
				t.refuse(get(list+"?limit=1&limit=1"), 400, "")
				t.refuse(get(list+"?limit=1&%6cimit=2"), 400, "")
			}
			t.refuse(get("/orders?customer=a&customer=b"), 400, "")
			t.refuse(get("/orders?status=pending&status=pending"), 400, "")
			t.refuse(get(p.path+"?min_version=1&min_version=1"), 400, "")
		}},
		{sentence: "An unknown status is 400; all seven are known.", run: func(t *T) {
			for _, status := range orderStatuses {
				t.expect(get("/orders?limit=1&status="+status), 200)
			}
			for _, status := range []string{"", "none", "Pending", "PENDING", "canceled", "pending,shipped", "pending ", "*", "%00", "%ff", "заказ"} {
				t.refuse(get("/orders?status="+status), 400, "")
			}
		}},
		{sentence: "A day that does not exist, or is written otherwise, is 400.", run: func(t *T) {
			for _, day := range []string{"2026-11-26", "2024-02-29", "0001-01-01", "9999-12-31"} {
				t.expect(get("/orders?limit=1&day="+day), 200)
			}
			for _, day := range noDays {
				t.refuse(get("/orders?day="+url.QueryEscape(day)), 400, "")
			}
			for _, query := range []string{"/orders?day=2026-11-26&day=2026-11-26", "/orders?Day=2026-11-26", "/orders?from=2026-11-26", "/stock?day=2026-11-26", "/fulfilments?day=2026-11-26", "/search?q=a&day=2026-11-26"} {
				t.refuse(get(query), 400, "")
			}
		}},
		{sentence: "limit is 1 to 100, 50 by default, and never clamped.", run: func(t *T) {
			p := t.place()
			for _, list := range lists(p) {
				for _, limit := range []string{"1", "100"} {
					t.expect(get(list+"?limit="+limit), 200)
				}
				for _, limit := range []string{"0", "101", "1000000", "1000000000", "-1", "-0", "+1", "1.0", "1e1", "0x1", "1_0", "", "ten", " 1", "1 ", "99999999999999999999", "٣", "1\x00"} {
					t.refuse(get(list+"?limit="+url.QueryEscape(limit)), 400, "")
				}
			}
			const placed = 51
			customer := fresh("customer")
			each(placed, func(int) {
				t.try(post("/orders", anOrder().with("/customerId", quote(customer))))
			})
			all := get("/orders?limit=100&customer=" + customer)
			if a := t.until(all, func(a answer) bool { return len(a.items()) == placed }); len(a.items()) != placed {
				t.fail(a, "all %d orders of the customer", placed)
			}
			for query, most := range map[string]int{"": 50, "&limit=50": 50, "&limit=7": 7} {
				if a := t.expect(get("/orders?customer="+customer+query), 200); len(a.items()) != most || a.text("/next") == "" {
					t.note(failure{a.request.String(), fmt.Sprintf("%d orders and a next", most), fmt.Sprintf("%d, next %v", len(a.items()), a.at("/next"))})
				}
			}
		}},
		{sentence: "min_version is 1 or more.", run: func(t *T) {
			product := fresh("product")
			t.must(post("/stock/"+product+"/receive", receipt(1).String()), 200)
			for _, path := range []string{t.place().path, "/stock/" + product} {
				t.expect(get(path+"?min_version=1"), 200)
				for _, version := range []string{"0", "-1", "-0", "+1", "1.0", "1e0", "", "one", "\"1\"", "٣"} {
					t.refuse(get(path+"?min_version="+url.QueryEscape(version)), 400, "")
				}
			}
		}},
		{sentence: "after is category/id@version, of a category that the list has, the version 1 or more.", run: func(t *T) {
			p := t.place()
			t.must(post("/stock/"+p.product+"/receive", receipt(1).String()), 200)
			order, stock := "order/"+p.id, "stock/"+p.product
			for list, of := range map[string]string{"/orders?after=": order, "/fulfilments?after=": "fulfilment/" + p.id, "/stock?after=": stock, "/search?q=lamp&after=": order} {
				for _, after := range []string{
					"", "@", "/", "1", "@1", "/@1", of, of + "@", of + "@0", of + "@-1", of + "@+1", of + "@01", of + "@1.0", of + "@1e0", of + "@one", of + "@٣", of + "@1@", of + "@1 ", " " + of + "@1", of + "@1," + of + "@1",
					"/" + of + "@1", "main/" + of + "@1", of + "/x@1", strings.ToUpper(of) + "@1", "payment/" + p.id + "@1", "shipment/" + p.id + "@1", "*/*@1", "order/@1", "order/../x@1", "stock/.x@1", "order/a b@1",
					"order/\x00@1", "order/\xff@1", "order/" + strings.Repeat("x", 65) + "@1", "order/" + strings.Repeat("x", 4000) + "@1",
				} {
					t.refuse(get(list+url.QueryEscape(after)), 400, "")
				}
				t.refuse(get(list+of+"@1&after="+of+"@1"), 400, "")
			}
			t.refuse(get("/orders?after="+stock+"@1"), 400, "")
			t.refuse(get("/orders?after=fulfilment/"+p.id+"@1"), 400, "")
			t.refuse(get("/stock?after="+order+"@1"), 400, "")
			t.expect(get("/fulfilments?limit=1&after="+order+"@1"), 200)
		}},
	}
}
