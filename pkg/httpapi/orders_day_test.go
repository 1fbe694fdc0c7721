package httpapi_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
)

// placeAt places an order of a customer at a time.
func (w *world) placeAt(id string, customer order.CustomerID, at time.Time) {
	w.t.Helper()
	placed := order.Place{
		CustomerID: customer, PaymentMethod: "tok_ok", At: at,
		Items: []order.Item{{ProductID: "p", Quantity: 1, UnitPrice: domain.Money{Amount: 5, Currency: "USD"}}},
	}
	if _, err := w.config.Orders.Do(w.t.Context(), id, command.Request{}, placed); err != nil {
		w.t.Fatal(err)
	}
}

// listed returns the ids of a list, page by page.
func (w *world) listed(list string) (ids string) {
	w.t.Helper()
	for cursor := ""; ; {
		got := w.do("GET", list+cursor, "")
		got.expect(w.t, list, http.StatusOK)
		for _, part := range strings.Split(got.body, `{"id":"`)[1:] {
			id, _, _ := strings.Cut(part, `"`)
			ids += id + " "
		}
		if got.field("next") == "null" {
			return strings.TrimSpace(ids)
		}
		cursor = "&cursor=" + got.field("next")
	}
}

func TestOrdersAreListedByTheDayOfTheirPlacing(t *testing.T) {
	w := newWorld(t)
	midnight := noon.Add(12 * time.Hour)
	w.placeAt("before", "ada", noon.AddDate(0, 0, -1))
	w.placeAt("noon", "ada", noon)
	w.placeAt("bob", "bob", noon.Add(time.Second))
	w.placeAt("night", "ada", midnight.Add(-time.Millisecond))
	w.placeAt("after", "ada", midnight)
	w.do("POST", "/orders/noon/submit", "").expect(t, "submit", http.StatusAccepted) // on another day
	for query, want := range map[string]string{
		"day=2026-11-24":                             "night bob noon",
		"day=2026-11-23":                             "before",
		"day=2026-11-25":                             "after",
		"day=2026-11-22":                             "",
		"day=2024-02-29":                             "",
		"day=0001-01-01":                             "",
		"day=9999-12-31":                             "",
		"day=2026-11-24&customer=ada":                "night noon",
		"day=2026-11-24&status=submitted":            "noon",
		"day=2026-11-24&status=pending&customer=ada": "night",
		"day=2026-11-23&status=submitted":            "",
		"day=2026-11-24&after=order/noon@2":          "night bob noon",
	} {
		for _, limit := range []string{"1", "2", "100"} {
			if got := w.listed("/orders?limit=" + limit + "&" + query); got != want {
				t.Errorf("%s in pages of %s: got %q, want %q", query, limit, got, want)
			}
		}
	}
}

func TestADayThatDoesNotExistIsMalformed(t *testing.T) {
	w := newWorld(t)
	for _, day := range []string{
		"", "2026-02-29", "2026-02-30", "2026-11-31", "2026-13-01", "2026-00-01", "2026-11-00", "2026-1-1", "26-11-25", "2026-11-25T00:00:00Z", "2026-11", "2026-W48", "20261125", "today",
		"-2026-11-25", "+2026-11-25", "2026-11-25 ", " 2026-11-25", "2026-11-25\x00", "12026-11-25", "٢026-11-25", "1764028800", "2026-11-24,2026-11-25", "2026-11-24U", "\xff",
	} {
		got := w.do("GET", "/orders?day="+url.QueryEscape(day), "")
		got.expect(t, day, http.StatusBadRequest, "query.invalid", "")
		if !strings.HasPrefix(got.field("detail"), "day: ") {
			t.Errorf("%q: %s; want it to name day", day, got.field("detail"))
		}
	}
	for _, target := range []string{"/orders?day=2026-11-24&day=2026-11-24", "/orders?Day=2026-11-24", "/stock?day=2026-11-24", "/fulfilments?day=2026-11-24", "/search?q=a&day=2026-11-24"} {
		w.do("GET", target, "").expect(t, target, http.StatusBadRequest, "query.invalid", "")
	}
}

func TestTheOrdersOfADayArePagedByCursorsOfTheirOwn(t *testing.T) {
	w := newWorld(t)
	for i, id := range []string{"a", "b", "c"} {
		w.placeAt(id, "ada", noon.Add(time.Duration(i)*time.Second))
	}
	const list = "/orders?limit=1&day=2026-11-24"
	cursor := w.do("GET", list, "").field("next")
	for _, bad := range spoilt(cursor) {
		w.do("GET", list+"&cursor="+url.QueryEscape(bad), "").expect(t, bad, http.StatusBadRequest, "query.invalid", "")
	}
	for _, other := range []string{"/orders?limit=1", "/orders?limit=1&day=2026-11-25", list + "&customer=ada", list + "&status=pending", "/stock?limit=1"} {
		w.do("GET", other+"&cursor="+cursor, "").expect(t, other, http.StatusBadRequest, "query.invalid", "")
		if strings.HasPrefix(other, list) {
			own := w.do("GET", other, "").field("next")
			w.do("GET", list+"&cursor="+own, "").expect(t, "the other way", http.StatusBadRequest, "query.invalid", "")
		}
	}
}
