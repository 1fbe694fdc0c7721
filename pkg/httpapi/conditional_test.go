package httpapi_test

import (
	"net/http"
	"testing"
)

func TestWhatTheClientHasIsNotSentAgain(t *testing.T) {
	w := newWorld(t)
	path := w.do("POST", "/orders", anOrder).header.Get("Location")
	for _, target := range []string{path + "?min_version=1", path + "/events", "/orders", "/fulfilments", "/stock", "/statistics", "/sales?by=day&from=2026-11-25&to=2026-11-25", "/customers/cust-1", "/openapi.json"} {
		whole := w.do("GET", target, "")
		tag := whole.header.Get("ETag")
		for _, has := range []string{tag, "W/" + tag, `"x" ,, ` + tag, "*"} {
			for _, method := range []string{"GET", "HEAD"} {
				got := w.do(method, target, "", "If-None-Match: "+has)
				h := got.header
				if got.status != http.StatusNotModified || got.body != "" || h.Get("ETag") != tag || h.Get("Cache-Control") != whole.header.Get("Cache-Control") || h.Get("Content-Type") != "" || h.Get("Content-Length") != "" {
					t.Errorf("%s %s, who has %s: got %d %v", method, target, has, got.status, h)
				}
			}
		}
		for _, has := range []string{`"x"`, `"*"`, `W/""`} {
			w.do("GET", target, "", "If-None-Match: "+has).expect(t, target+" with "+has, http.StatusOK)
		}
		for _, bad := range []string{"", ",", "x", `"1`, `w/"1"`, `"1" "2"`, `"1", *`} {
			w.do("GET", target, "", "If-None-Match: "+bad).expect(t, target+" with "+bad, http.StatusBadRequest, "header.invalid")
		}
	}
	w.do("POST", path+"/submit", "", "If-None-Match: *").expect(t, "a write", http.StatusBadRequest, "header.invalid")
}

func TestHowLongAnAnswerMayBeKeptIsSaidOfEach(t *testing.T) {
	w := newWorld(t)
	placed := w.do("POST", "/orders", anOrder)
	path := placed.header.Get("Location")
	if got := placed.header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("a write: %s", got)
	}
	for target, want := range map[string]string{
		path + "?min_version=1": "private, no-cache", path + "/events": "private, no-cache", "/orders": "private, no-cache", "/stock": "private, no-cache", "/fulfilments": "private, no-cache",
		"/openapi.json": "public, max-age=300", "/healthz": "no-store", "/orders/nobody": "no-store", "/orders?limit=0": "no-store", "/nothing": "no-store",
	} {
		if got := w.do("GET", target, "").header.Get("Cache-Control"); got != want {
			t.Errorf("%s: got %s, want %s", target, got, want)
		}
	}
}
