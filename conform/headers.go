package main

import (
	"fmt"
	"net/url"
)

func heads() []check {
	return []check{
		{sentence: "HEAD is answered where GET is: the same status and headers, no body.", run: func(t *T) {
			p := t.place()
			product := t.receiveTwo()[0]
			for _, target := range []string{
				p.path + "?min_version=1", p.path + "/events", p.path + "/fulfilment", "/orders?customer=" + p.customer, "/stock/" + product + "?min_version=1", "/stock?limit=1", "/sales?by=day&from=2026-11-25&to=2026-11-25", "/sales", "/fulfilments?status=stuck", "/healthz", "/openapi.json",
				"/orders/" + fresh("nobody"), "/orders?limit=0", "/nothing",
			} {
				whole, head := t.bothWays(get(target).with("Correlation-Id: conform"))
				for _, name := range []string{"Content-Type", "Content-Length", "ETag", "Cache-Control", "Correlation-Id", "X-Content-Type-Options"} {
					if name == "Content-Length" && head.header.Get(name) == "" {
						continue // may be left out: RFC 9110, 8.6
					}
					if head.header.Get(name) != whole.header.Get(name) {
						t.fail(head, "%s: %s", name, whole.header.Get(name))
					}
				}
				if head.status != whole.status || head.body != "" {
					t.fail(head, "%d and no body", whole.status)
				}
			}
		}},
	}
}

// bothWays returns what GET and HEAD answer of the same thing. Others write meanwhile
// to what a list shows, so it asks until GET answers the same before and after.
func (t *T) bothWays(r request) (whole, head answer) {
	asHead := r
	asHead.method = "HEAD"
	for range 20 {
		before := t.send(r)
		head, whole = t.send(asHead), t.send(r)
		if before.body == whole.body {
			break
		}
	}
	return whole, head
}

func correlations() []check {
	return []check{
		{sentence: "Correlation-Id is echoed, also by an error.", run: func(t *T) {
			id := fresh("correlation")
			for _, r := range []request{
				get("/healthz"), get("/orders"), get("/nothing"), get("/orders?limit=0"), get("/orders/" + fresh("nobody")),
				post("/orders", anOrder().String()), post("/orders", "{"),
				{method: "PATCH", target: "/orders"},
			} {
				if a := t.send(r.with("Correlation-Id: " + id)); a.header.Get("Correlation-Id") != id {
					t.fail(a, "Correlation-Id: %s", id)
				}
			}
		}},
		{sentence: "Without one, it is made: another for each request.", run: func(t *T) {
			seen := make(map[string]bool)
			for range 20 {
				a := t.send(get("/healthz"))
				id := a.header.Get("Correlation-Id")
				if id == "" || seen[id] {
					t.fail(a, "a Correlation-Id of its own")
				}
				seen[id] = true
			}
		}},
		{sentence: "It is carried to the event, given or made.", run: func(t *T) {
			p := t.place()
			t.must(post(p.path+"/items", anItem(fresh("product")).String()).with("Correlation-Id: conform:1"), 200)
			a := t.until(get(p.path+"/events"), func(a answer) bool { return len(a.items()) == 2 })
			t.same(a, []any{a.at("/items/0/correlationId"), a.at("/items/1/correlationId")}, []any{p.header.Get("Correlation-Id"), "conform:1"})
		}},
		{sentence: "No header permits another origin, nor chooses the tenant.", run: func(t *T) {
			p := t.place()
			origin := []string{"Origin: https://elsewhere.example", "X-Tenant: other", "Tenant: other", "Tenant-Id: other", "X-Forwarded-Host: elsewhere.example", "X-HTTP-Method-Override: DELETE"}
			a := t.atVersion(p.path, 1)
			b := t.expect(get(p.path).with(origin...), 200)
			t.same(b, b.json(), a.json())
			t.expect(request{method: "OPTIONS", target: "/orders"}.with(origin...).with("Access-Control-Request-Method: POST"), 405)
		}},
	}
}

func tags() []check {
	return []check{
		{sentence: "A write answers ETag \"<version>\".", run: func(t *T) {
			for _, w := range writes() {
				a := t.must(w.make(t), 200, 202)
				if want := fmt.Sprintf("%q", canonical(a.version())); a.etag() != want || !writeTag.MatchString(want) {
					t.fail(a, "ETag: %s", want)
				}
			}
		}},
		{sentence: "A read of one thing answers ETag \"<version>.<digest>\": the same for the same body, another for another.", run: func(t *T) {
			p := t.place()
			product := t.receiveTwo()[0]
			for _, path := range []string{p.path, "/stock/" + url.PathEscape(product)} {
				a := t.atVersion(path, 1)
				if !readTag.MatchString(a.etag()) || len(a.etag()) < 4 || a.etag()[:3] != `"1.` {
					t.fail(a, `ETag: "1.<digest>"`)
				}
				if b := t.atVersion(path, 1); b.body == a.body && b.etag() != a.etag() {
					t.fail(b, "ETag: %s", a.etag())
				}
			}
			before := t.atVersion(p.path, 1).etag()
			t.must(post(p.path+"/cancel", cancellation), 200)
			if a := t.atVersion(p.path, 2); a.etag() == before || len(a.etag()) < 4 || a.etag()[:3] != `"2.` {
				t.fail(a, `ETag: "2.<digest>"`)
			}
		}},
	}
}
