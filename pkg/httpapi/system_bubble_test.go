package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/httpapi"
	"github.com/daybook-es/daybook/pkg/projection"
)

// standing returns the API of which the read side stands so.
func standing(t *testing.T, s httpapi.System, err error) *world {
	t.Helper()
	return newWorld(t, func(c *httpapi.Config) {
		c.System = func(context.Context, int) (httpapi.System, error) { return s, err }
	})
}

func parked(tenant, id string, at time.Time) projection.Parked {
	return projection.Parked{
		View: "order-list", Stream: eventstore.StreamID{Tenant: tenant, Category: "order", ID: id}, Version: 3, Reason: projection.Unfolded, At: at,
	}
}

func TestHowTheReadSideStandsIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		damaged := parked("shop", "ord_b", noon.Add(time.Second))
		damaged.Reason = projection.Damaged
		damaged.View = "search"
		w := standing(t, httpapi.System{
			Projectors: []httpapi.Projector{
				{Name: "views", Standing: projection.Standing{
					Views: []string{"order-list", "sales"}, Status: projection.Waiting, Behind: new(uint64(7)), Oldest: new(time.Now().Add(-2500 * time.Millisecond)),
					Parked: []projection.Parked{parked("shop", "ord_a", noon), parked("other", "ord_a", noon)},
				}},
				{Name: "search", Standing: projection.Standing{
					Views: []string{"search"}, Status: projection.Running, Behind: new(uint64(0)), Parked: []projection.Parked{damaged},
				}},
			},
			Errors: &httpapi.Errors{Since: noon, Items: []httpapi.ErrorLine{{At: noon, Message: "stream stopped", About: map[string]string{"view": "order-list"}}}},
		}, nil)
		got := w.do("GET", "/system", "")
		got.expect(t, "GET /system", http.StatusOK)
		const want = `{"projectors":[` +
			`{"name":"views","views":["order-list","sales"],"status":"waiting","behind":7,"oldestSeconds":3},` +
			`{"name":"search","views":["search"],"status":"running","behind":0,"oldestSeconds":0}],` +
			`"parked":{"items":[` +
			`{"stream":"order/ord_b","version":3,"view":"search","reason":"damaged","detail":"what is stored in the event's place makes no sense","since":"2026-11-24T12:00:01Z"},` +
			`{"stream":"order/ord_a","version":3,"view":"order-list","reason":"unfolded","detail":"the event's type is unknown, its data cannot be read, or its rule fails","since":"2026-11-24T12:00:00Z"}],"more":false},` +
			`"errors":{"since":"2026-11-24T12:00:00Z","items":[{"at":"2026-11-24T12:00:00Z","message":"stream stopped","about":{"view":"order-list"}}]}}`
		if got.body != want || got.header.Get("Cache-Control") != "no-store" || got.header.Get("ETag") != "" {
			t.Errorf("got  %s, %v\nwant %s", got.body, got.header, want)
		}
		w.do("GET", "/system", "", "If-None-Match: *").expect(t, "a read without a tag", http.StatusOK)
	})
}

func TestWhatNobodyCanTellIsNull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := standing(t, httpapi.System{Projectors: []httpapi.Projector{
			{Name: "deployed", Standing: projection.Standing{Views: []string{"a"}}},
			{Name: "begins", Standing: projection.Standing{Views: []string{"a"}, Status: projection.Starting}},
			{Name: "met nonsense", Standing: projection.Standing{Views: []string{"a"}, Status: projection.Running, Behind: new(uint64(1))}},
			{Name: "by another clock", Standing: projection.Standing{Views: []string{"a"}, Status: projection.Running, Behind: new(uint64(1)), Oldest: new(time.Now().Add(time.Hour))}},
		}}, nil)
		const want = `{"projectors":[` +
			`{"name":"deployed","views":["a"],"status":null,"behind":null,"oldestSeconds":null},` +
			`{"name":"begins","views":["a"],"status":"starting","behind":null,"oldestSeconds":null},` +
			`{"name":"met nonsense","views":["a"],"status":"running","behind":1,"oldestSeconds":null},` +
			`{"name":"by another clock","views":["a"],"status":"running","behind":1,"oldestSeconds":1}],` +
			`"parked":{"items":[],"more":false},"errors":null}`
		if got := w.do("GET", "/system", ""); got.status != http.StatusOK || got.body != want {
			t.Errorf("got  %s\nwant %s", got.body, want)
		}
	})
}

func TestOfWhatIsParkedTheNewestHundredAreShown(t *testing.T) {
	for n, more := range map[int]bool{100: false, 101: true} {
		var all []projection.Parked
		for i := range n {
			all = append(all, parked("shop", fmt.Sprint(i), noon.Add(time.Duration(i)*time.Second)))
		}
		w := standing(t, httpapi.System{Projectors: []httpapi.Projector{{Name: "views", Standing: projection.Standing{Views: []string{"a"}, Parked: all}}}}, nil)
		got := w.do("GET", "/system", "")
		if first := fmt.Sprintf(`{"items":[{"stream":"order/%d",`, n-1); strings.Count(got.body, `"since"`) != 100 || !strings.Contains(got.body, first) || !strings.Contains(got.body, fmt.Sprintf(`"more":%v}`, more)) {
			t.Errorf("of %d: %s", n, got.body)
		}
	}
}

func TestWhoCannotTellHowTheReadSideStandsSaysSoAndNotWhy(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		code   string
	}{
		{fmt.Errorf("list all of parked: %w: key AKIA7", eventstore.ErrUnavailable), http.StatusServiceUnavailable, "store.unavailable"},
		{errors.New("row of Ada"), http.StatusInternalServerError, "internal"},
	} {
		got := standing(t, httpapi.System{}, c.err).do("GET", "/system", "")
		if got.expect(t, c.err.Error(), c.status, c.code); strings.Contains(got.body, "Ada") || strings.Contains(got.body, "AKIA") {
			t.Errorf("it says %s", got.body)
		}
	}
	for _, query := range []string{"?x=1", "?limit=1", "?tenant=other", "?%zz"} {
		standing(t, httpapi.System{}, nil).do("GET", "/system"+query, "").expect(t, query, http.StatusBadRequest, "query.invalid")
	}
}
