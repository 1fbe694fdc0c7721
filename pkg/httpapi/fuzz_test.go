package httpapi_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzBody: whatever is sent, it is answered, and what is granted was JSON to
// others as well.
func FuzzBody(f *testing.F) {
	f.Add(anOrder)
	f.Add(`{"customerId": "c", "customerId": "c"}`)
	f.Add(strings.Repeat("[", 100))
	f.Fuzz(func(t *testing.T, body string) {
		w := newWorld(t)
		got := w.do("POST", "/orders", body)
		switch got.status {
		case http.StatusCreated:
			if !json.Valid([]byte(body)) || !utf8.ValidString(body) {
				t.Errorf("granted: %q", body)
			}
		case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType:
			w.nothingWritten()
		default:
			t.Errorf("%q: %d %s", body, got.status, got.body)
		}
	})
}

// FuzzCursor: a list takes the cursors that it issued, and no others.
func FuzzCursor(f *testing.F) {
	w := newWorld(f)
	w.trail("o", 2, 3)
	issued := map[string]bool{}
	for _, limit := range []string{"1", "2", "3", "4"} {
		cursor := w.do("GET", "/orders/o/events?limit="+limit, "").field("next")
		issued[cursor] = true
		f.Add(cursor)
		f.Add(cursor[1:])
	}
	f.Fuzz(func(t *testing.T, cursor string) {
		w.t = t
		want := http.StatusBadRequest
		if issued[cursor] {
			want = http.StatusOK
		}
		w.do("GET", "/orders/o/events?cursor="+url.QueryEscape(cursor), "").expect(t, cursor, want)
	})
}
