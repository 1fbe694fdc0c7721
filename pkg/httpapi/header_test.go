package httpapi_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestAMalformedHeaderIsRefusedOnEveryWrite(t *testing.T) {
	w := newWorld(t)
	path := w.place()
	writes := []struct{ method, path, body string }{
		{"POST", "/orders", anOrder},
		{"POST", path + "/items", anItem},
		{"PUT", path + "/items", `{"items": [` + anItem + `]}`},
		{"DELETE", path + "/items/product-1", ``},
		{"POST", path + "/submit", ``},
		{"POST", path + "/cancel", `{"reason": "no"}`},
		{"POST", path + "/deliver", ``},
		{"POST", "/stock/p/receive", `{"quantity": 1}`},
	}
	for _, headers := range [][]string{
		{"Idempotency-Key: "},
		{"Idempotency-Key: " + strings.Repeat("k", 256)},
		{"Idempotency-Key: schlüssel"},
		{"Idempotency-Key: a\tb"},
		{"Idempotency-Key: \xff"},
		{"Idempotency-Key: a", "Idempotency-Key: a"},
		{"If-Match: "},
		{"If-Match: *"},
		{"If-Match: 1"},
		{`If-Match: "1`},
		{`If-Match: 1"`},
		{`If-Match: "`},
		{`If-Match: W/"1"`},
		{`If-Match: w/"1"`},
		{`If-Match: "1", "2"`},
		{`If-Match: "1",`},
		{`If-Match: "1 "`},
		{`If-Match: '1'`},
		{`If-Match: "1"`, `If-Match: "1"`},
		{"Correlation-Id: "},
		{"Correlation-Id: a b"},
		{"Correlation-Id: " + strings.Repeat("c", 129)},
		{"Correlation-Id: ü"},
		{"Correlation-Id: a", "Correlation-Id: b"},
	} {
		for _, write := range writes {
			got := w.do(write.method, write.path, write.body, headers...)
			got.expect(t, write.method+" "+write.path+" "+strings.Join(headers, "; "), http.StatusBadRequest, "header.invalid", "")
			if id := got.header.Get("Correlation-Id"); len(headers) == 1 && strings.HasSuffix(headers[0], id) {
				t.Errorf("%v: %q is echoed", headers, id)
			}
		}
	}
	if got := w.do("GET", path+"/events", ""); strings.Count(got.body, `"type"`) != 1 {
		t.Errorf("something was written: %s", got.body)
	}
}

func TestIfMatchGuardsTheVersion(t *testing.T) {
	w := newWorld(t)
	path := w.place()
	for _, stale := range []string{`"0"`, `"2"`, `"2.x"`, `"01"`, `"abc"`, `""`, `"1x"`, `"-1"`, `"99999999999999999999"`, `"9223372036854775807"`, "\"\xfc\""} {
		w.do("POST", path+"/items", anItem, "If-Match: "+stale).expect(t, stale, http.StatusPreconditionFailed, "stream.stale")
		w.do("POST", "/orders", anOrder, "If-Match: "+strings.Replace(stale, "0", "7", 1)).expect(t, "place at "+stale, http.StatusPreconditionFailed, "stream.stale")
		w.do("POST", "/orders/none/submit", "", "If-Match: "+stale).expect(t, "none at "+stale, http.StatusNotFound, "order.not_placed")
	}
	for i, fresh := range []string{`"1"`, `"2.abc"`, `"3."`} {
		body := strings.Replace(anItem, "product-2", "more-"+string(rune('a'+i)), 1)
		w.do("POST", path+"/items", body, "If-Match: "+fresh).expect(t, fresh, http.StatusOK)
	}
	w.do("DELETE", path+"/items/absent", "", `If-Match: "1"`).expect(t, "nothing to do, stale", http.StatusPreconditionFailed, "stream.stale")
	w.do("DELETE", path+"/items/absent", "", `If-Match: "4"`).expect(t, "nothing to do", http.StatusOK)
}

func TestTheCorrelationIsEchoedOrMade(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{"c", "!~", strings.Repeat("c", 128)} {
		for _, target := range []string{"/orders", "/nothing", "/orders?x=1"} {
			if got := w.do("GET", target, "", "Correlation-Id: "+id); got.header.Get("Correlation-Id") != id {
				t.Errorf("%s: got %q, want %q", target, got.header.Get("Correlation-Id"), id)
			}
		}
	}
	if a, b := w.do("GET", "/healthz", ""), w.do("GET", "/healthz", ""); a.header.Get("Correlation-Id") == b.header.Get("Correlation-Id") {
		t.Errorf("two requests share %q", a.header.Get("Correlation-Id"))
	}
}
