package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// trail appends commits of so many events each to the order's stream.
func (w *world) trail(id string, sizes ...int) {
	w.t.Helper()
	stream := eventstore.StreamID{Tenant: "shop", Category: "order", ID: id}
	at := eventstore.NoStream(stream)
	for n, size := range sizes {
		c := eventstore.Commit{Command: eventstore.CommandID{Key: fmt.Sprint(n)}, At: time.Date(2026, 1, 2, 3, 4, n, 0, time.UTC)}
		for i := range size {
			c.Events = append(c.Events, eventstore.Event{Type: "order.noted.v1", Data: fmt.Appendf(nil, `{"n":%d}`, i)})
		}
		c.Events[0].Actor, c.Events[0].Correlation, c.Events[0].Causation = "demo", "co", "ca"
		stored, err := w.store.Append(w.t.Context(), stream, at, c)
		if err != nil {
			w.t.Fatal(err)
		}
		at = stored.End()
	}
}

// pages walks a list to its end and returns its items.
func (w *world) pages(path string, limit int) (items []string, pages int) {
	w.t.Helper()
	target := fmt.Sprintf("%s%climit=%d", path, map[bool]rune{true: '&', false: '?'}[strings.Contains(path, "?")], limit)
	for next := target; ; pages++ {
		got := w.do("GET", next, "")
		got.expect(w.t, next, http.StatusOK)
		var page struct {
			Items []json.RawMessage
			Next  *string
		}
		if err := json.Unmarshal([]byte(got.body), &page); err != nil || len(page.Items) > limit {
			w.t.Fatalf("%s: %v: %s", next, err, got.body)
		}
		for _, item := range page.Items {
			items = append(items, string(item))
		}
		if page.Next == nil || pages > 100 {
			return items, pages + 1
		}
		next = target + "&cursor=" + url.QueryEscape(*page.Next)
	}
}

func TestTheTrailIsTheStreamOldestFirstInPagesOfEvents(t *testing.T) {
	w := newWorld(t)
	w.trail("o", 1, 4, 2, 1)
	all, _ := w.pages("/orders/o/events", 100)
	const first = `{"version":1,"type":"order.noted.v1","at":"2026-01-02T03:04:00Z","actor":"demo","correlationId":"co","causationId":"ca","data":{"n":0}}`
	const third = `{"version":3,"type":"order.noted.v1","at":"2026-01-02T03:04:01Z","actor":null,"correlationId":null,"causationId":null,"data":{"n":1}}`
	if len(all) != 8 || all[0] != first || all[2] != third {
		t.Errorf("got %s", all)
	}
	for limit := 1; limit <= 9; limit++ {
		items, pages := w.pages("/orders/o/events", limit)
		if want := (8 + limit - 1) / limit; !slices.Equal(items, all) || pages != want {
			t.Errorf("by %d: %d items on %d pages, want 8 on %d", limit, len(items), pages, want)
		}
	}
}

func TestWhatAClientWritesIsInTheTrail(t *testing.T) {
	w := newWorld(t)
	path := w.place("Idempotency-Key: k", "Correlation-Id: co")
	w.do("POST", path+"/submit", "", "Correlation-Id: co2")
	items, _ := w.pages(path+"/events", 100)
	if len(items) != 2 || !strings.Contains(items[0], `"actor":"client","correlationId":"co","causationId":"k"`) ||
		!strings.Contains(items[1], `"actor":"client","correlationId":"co2","causationId":null`) {
		t.Errorf("got %s", items)
	}
}

// cursors returns what goes wrong with a cursor on its way.
func spoilt(cursor string) []string {
	bad := []string{"", "=", "*", "A", strings.Repeat("A", 9), strings.Repeat("A", 40), cursor + "A", cursor + "=", cursor + "\n", "\r" + cursor, " " + cursor, cursor + cursor}
	for i := range cursor {
		bad = append(bad, cursor[:i])
		for _, with := range []byte{'A', 'B', cursor[i] + 1, cursor[i] ^ 1, '_', '!'} {
			if with != cursor[i] {
				bad = append(bad, cursor[:i]+string(with)+cursor[i+1:])
			}
		}
	}
	return bad
}

func TestACursorThatTheListDidNotIssueIsRefused(t *testing.T) {
	w := newWorld(t)
	w.trail("o", 3)
	w.trail("p", 3)
	cursor := w.do("GET", "/orders/o/events?limit=1", "").field("next")
	w.do("GET", "/orders/o/events?limit=2&cursor="+cursor, "").expect(t, "another limit", http.StatusOK)
	for _, bad := range spoilt(cursor) {
		w.do("GET", "/orders/o/events?cursor="+url.QueryEscape(bad), "").expect(t, bad, http.StatusBadRequest, "query.invalid", "")
	}
	for _, other := range []string{"/orders/p/events", "/orders", "/stock"} {
		w.do("GET", other+"?cursor="+cursor, "").expect(t, other, http.StatusBadRequest, "query.invalid", "")
	}
	elsewhere := newWorld(t)
	elsewhere.config.Tenant = "other"
	elsewhere.reopen()
	elsewhere.do("GET", "/orders/o/events?cursor="+cursor, "").expect(t, "another tenant", http.StatusBadRequest, "query.invalid", "")
}
