package httpapi_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestAPathThatIsNoneIsNotFoundAndNeverRedirects(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{
		"/", "/order", "/orders/", "/Orders", "//orders", "/orders//items", "/./orders", "/x/../orders", "/orders/x/", "/orders/x/items/",
		"/orders/x/fulfilment/", "/orders/x/unknown", "/orders/x/items/p/q", "/stock/", "/healthz/", "/openapi.yaml", "/favicon.ico",
		"/orders/%00", "/orders/..%2f..", "/orders/a%2Fb", "/orders/%2e%2e", "/orders/..", "/orders/a%23b", "/orders/a%0a", "/orders/%ff",
		"/orders/%D1%8F", "/orders/" + strings.Repeat("x", 65), "/orders/a%20b", "/stock/%00", "/stock/a%2Fb/receive", "/stock/.a",
		"/orders/x/items/%00", "/orders/x/items/-p",
	} {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"} {
			got := w.do(method, path, "")
			if method != "HEAD" {
				got.expect(t, method+" "+path, http.StatusNotFound, "path.unknown", "")
			} else if got.status != http.StatusNotFound {
				t.Errorf("HEAD %s: %d", path, got.status)
			}
		}
	}
	for _, u := range []url.URL{{}, {Path: "*"}, {Path: "orders"}, {Path: "/orders/%", RawPath: "/orders/%"}} {
		r := request("GET", "/", "")
		r.URL = &u
		w.send(r).expect(t, u.String(), http.StatusNotFound, "path.unknown")
	}
}

func TestAnotherSpellingOfAPathIsTheSamePath(t *testing.T) {
	w := newWorld(t)
	path := w.place("Idempotency-Key: k")
	spelt := strings.Replace(path, "ord_", "%6f%72d%5F", 1)
	first := w.do("POST", path+"/items", anItem, "Idempotency-Key: k2")
	if again := w.do("POST", spelt+"/%69tems", anItem, "Idempotency-Key: k2"); again.body != first.body || again.status != http.StatusOK {
		t.Errorf("got %+v, want %+v", again, first)
	}
}

func TestAMethodThatThePathDoesNotKnowIsSaidWithThoseItKnows(t *testing.T) {
	w := newWorld(t)
	for path, allow := range map[string]string{
		"/orders":              "GET, HEAD, POST",
		"/orders/x":            "GET, HEAD",
		"/orders/x/items":      "POST, PUT",
		"/orders/x/items/p":    "DELETE",
		"/orders/x/submit":     "POST",
		"/orders/x/cancel":     "POST",
		"/orders/x/deliver":    "POST",
		"/orders/x/events":     "GET, HEAD",
		"/orders/x/fulfilment": "GET, HEAD",
		"/fulfilments":         "GET, HEAD",
		"/stock":               "GET, HEAD",
		"/stock/p":             "GET, HEAD",
		"/stock/p/receive":     "POST",
		"/system":              "GET, HEAD",
		"/customers/c":         "GET, HEAD",
		"/statistics":          "GET, HEAD",
		"/sales":               "GET, HEAD",
		"/search":              "GET, HEAD",
		"/journal":             "GET, HEAD",
		"/live":                "GET, HEAD",
		"/healthz":             "GET, HEAD",
		"/openapi.json":        "GET, HEAD",
		"/orders?limit=wrong":  "GET, HEAD, POST",
	} {
		for _, method := range []string{"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW", "get"} {
			if strings.Contains(allow+",", method+",") {
				continue
			}
			got := w.do(method, path, "not JSON", "If-Match: *")
			got.expect(t, method+" "+path, http.StatusMethodNotAllowed, "method.not_allowed")
			if got.header.Get("Allow") != allow {
				t.Errorf("%s %s: Allow: %s, want %s", method, path, got.header.Get("Allow"), allow)
			}
		}
	}
}

func TestHEADIsGETWithoutTheBody(t *testing.T) {
	w := newWorld(t)
	path := w.submit()
	for _, target := range []string{path, "/orders", path + "/events", path + "/fulfilment", "/fulfilments", "/stock", "/customers/cust-1", "/statistics", "/sales?by=day&from=2026-11-25&to=2026-11-25", "/healthz", "/openapi.json", "/orders/none", "/orders?limit=0"} {
		get, head := w.do("GET", target, "", "Correlation-Id: c"), w.do("HEAD", target, "", "Correlation-Id: c")
		if head.status != get.status {
			t.Errorf("%s: %d, want %d", target, head.status, get.status)
		}
		for name := range get.header {
			if head.header.Get(name) != get.header.Get(name) {
				t.Errorf("%s: %s: %q, want %q", target, name, head.header.Get(name), get.header.Get(name))
			}
		}
	}
}

func TestAQueryIsReadStrictly(t *testing.T) {
	w := newWorld(t)
	path := w.place()
	w.do("POST", "/stock/p/receive", `{"quantity": 1}`)
	for _, target := range []string{
		"/orders?x=1", "/orders?Limit=1", "/orders?limit=1&limit=1", "/orders?limit=1&%6cimit=1", "/orders?limit=%zz", "/orders?limit=1;cursor=x", "/orders?=1", "/orders?%ff=1",
		"/orders?limit=0", "/orders?limit=101", "/orders?limit=-1", "/orders?limit=%2B1", "/orders?limit=1.0", "/orders?limit=1e1", "/orders?limit=", "/orders?limit", "/orders?limit=01",
		"/orders?limit=ten", "/orders?limit=99999999999999999999", "/orders?limit=%D9%A1", "/orders?limit=1%00",
		"/orders?status=", "/orders?status=none", "/orders?status=Pending", "/orders?customer=", "/orders?customer=a%2Fb", "/orders?customer=%00", "/orders?customer=%ff",
		"/orders?cursor=", "/orders?cursor=x", "/orders?cursor=%00", "/orders?min_version=1",
		"/fulfilments?status=", "/fulfilments?status=pending", "/fulfilments?status=Running", "/fulfilments?status=all", "/fulfilments?status=running&status=stuck", "/fulfilments?customer=c",
		"/fulfilments?limit=0", "/fulfilments?limit=101", "/fulfilments?cursor=x", "/fulfilments?cursor=", "/fulfilments?min_version=1", "/fulfilments?x=1",
		"/stock?limit=0", "/stock?cursor=x", "/stock?customer=c", "/stock?x",
		path + "?min_version=0", path + "?min_version=", path + "?min_version=-1", path + "?min_version=1.5", path + "?min_version=x", path + "?min_version=1&min_version=1", path + "?limit=1",
		"/stock/p?min_version=0", "/stock/p?limit=1", path + "/events?limit=0", path + "/events?cursor=x", path + "/events?min_version=1", path + "/fulfilment?min_version=1", path + "/fulfilment?limit=1",
		"/healthz?x=1", "/openapi.json?x=1",
	} {
		w.do("GET", target, "").expect(t, target, http.StatusBadRequest, "query.invalid", "")
	}
	for _, target := range []string{"/orders?", "/orders?&", "/orders?limit=1", "/orders?limit=100", "/orders?limit=%31", path + "?min_version=1"} {
		w.do("GET", target, "").expect(t, target, http.StatusOK)
	}
	for _, target := range []string{"/orders?x=1", path + "/items?x=1", path + "/submit?limit=1", "/stock/p/receive?%zz"} {
		w.do("POST", target, "not JSON").expect(t, target, http.StatusBadRequest, "query.invalid", "")
	}
}

func TestTheFirstThingThatIsWrongIsSaid(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("x", 70<<10)
	send := func(method, target, body string, headers ...string) reply {
		r := request(method, target, body)
		r.Header.Del("Content-Type")
		for _, h := range headers {
			name, value, _ := strings.Cut(h, ": ")
			r.Header.Add(name, value)
		}
		return w.send(r)
	}
	for _, test := range []struct {
		target, header, contentType, body, code string
		status                                  int
	}{
		{"/nothing?x=1", "If-Match: *", "text/plain", long, "path.unknown", 404},
		{"/orders/none/submit?x=1", "If-Match: *", "text/plain", long, "query.invalid", 400},
		{"/orders/none/submit", "If-Match: *", "text/plain", long, "header.invalid", 400},
		{"/orders/none/submit", `If-Match: "1"`, "text/plain", long, "content.unsupported", 415},
		{"/orders/none/submit", `If-Match: "1"`, "application/json", long, "body.too_large", 413},
		{"/orders/none/submit", `If-Match: "1"`, "application/json", "x", "body.malformed", 400},
		{"/orders/none/submit", `If-Match: "1"`, "application/json", "{}", "order.not_placed", 404},
	} {
		send("POST", test.target, test.body, test.header, "Content-Type: "+test.contentType).
			expect(t, test.target+" "+test.header+" "+test.contentType, test.status, test.code)
	}
	send("PATCH", "/orders?x=1", long, "If-Match: *").expect(t, "method", 405, "method.not_allowed")
}
