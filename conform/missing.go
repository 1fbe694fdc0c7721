package main

import "slices"

func missing() []check {
	return []check{
		{sentence: "An order that nobody placed is 404 on every route, and a product never received.", parses: true, run: func(t *T) {
			order, product := fresh("order"), fresh("product")
			for _, r := range routesOf(order, product) {
				t.refuse(r, 404, "")
				if r.method != "GET" {
					t.refuse(r.key("k"), 404, "")
				} else {
					r.method = "HEAD"
					t.refuse(r, 404, "")
				}
			}
			a := t.expect(get("/orders/"+order), 404)
			t.same(a, a.at("/code"), "order.not_placed")
			a = t.expect(get("/stock/"+product), 404)
			t.same(a, a.at("/code"), "stock.not_received")
		}},
		{sentence: "An order that takes a product does not create it in the stock.", run: func(t *T) {
			p := t.place()
			t.refuse(get("/stock/"+p.product), 404, "")
		}},
	}
}

func documents() []check {
	return []check{
		{sentence: "GET /healthz is 200 when it serves.", run: func(t *T) { t.expect(get("/healthz"), 200) }},
		{sentence: "GET /openapi.json describes all routes of the wire.", run: func(t *T) {
			a := t.expect(get("/openapi.json"), 200)
			described := operations(a)
			for _, r := range append(wireRoutes(), "GET /orders/{id}/events", "GET /customers/{id}", "GET /statistics", "GET /sales", "GET /healthz", "GET /openapi.json") {
				if !slices.Contains(described, r) {
					t.note(failure{sent: a.request.String(), expected: r, got: canonical(described)})
				}
			}
		}},
		{sentence: "It describes exactly the routes that exist.", parses: true, run: func(t *T) {
			a := t.expect(get("/openapi.json"), 200)
			paths, _ := a.at("/paths").(map[string]any)
			if len(paths) == 0 {
				t.fail(a, "paths")
			}
			for path := range paths {
				other := request{method: "PATCH", target: parameter.ReplaceAllString(path, "x")}
				if got := t.expect(other, 405); !slices.Equal(allowed(got), methodsOf(a, path)) {
					t.fail(got, "Allow: the methods that are described, and HEAD where GET is: %v", methodsOf(a, path))
				}
			}
		}},
	}
}
