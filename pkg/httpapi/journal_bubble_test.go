package httpapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/httpapi"
	"github.com/daybook-es/daybook/pkg/readmodel/journal"
)

// emptyJournal is that of a world in which nobody reads it.
type emptyJournal struct{}

func (emptyJournal) Read(_ context.Context, p journal.Page) ([]journal.Entry, journal.Cursor, error) {
	return nil, p.After, nil
}
func (emptyJournal) End(context.Context, string) (journal.Cursor, error) { return nil, nil }
func (emptyJournal) Complete(context.Context, string) (time.Time, error) { return time.Time{}, nil }

// newJournal returns a world over a store in one file, which is a journal.
func newJournal(t *testing.T) *world {
	t.Helper()
	s, err := boltstore.Open(boltstore.Memory)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return newWorld(t, over(s), func(c *httpapi.Config) { c.Journal = boltstore.NewJournal(s) })
}

var midnight = time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)

// happen appends a commit to a lamp of its own, so many minutes after midnight.
func (w *world) happen(minutes ...int) {
	w.t.Helper()
	for i, n := range minutes {
		lamp := eventstore.StreamID{Tenant: "shop", Category: "lamp", ID: fmt.Sprintf("l-%d-%d", i, n)}
		_, err := w.config.Events.Append(w.t.Context(), lamp, eventstore.NoStream(lamp), eventstore.Commit{
			Events:  []eventstore.Event{{Type: "lamp.lit.v1", Data: json.RawMessage(`{}`)}},
			Command: eventstore.CommandID{Key: "k"}, At: midnight.Add(time.Duration(n) * time.Minute),
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

// minutes returns after how many minutes the commits of a list happened.
func minutes(items []string) (all []int) {
	for _, item := range items {
		var c struct{ At time.Time }
		_ = json.Unmarshal([]byte(item), &c)
		all = append(all, int(c.At.Sub(midnight)/time.Minute))
	}
	return all
}

func TestTheJournalIsAllThatHappenedWithoutWhomItHappenedTo(t *testing.T) {
	w := newJournal(t)
	path := w.place("Correlation-Id: co", "Idempotency-Key: k")
	w.do("POST", "/stock/product-1/receive", `{"quantity": 1}`)
	w.do("POST", path+"/submit", "")
	items, _ := w.pages("/journal", 100)
	if len(items) != 3 {
		t.Fatalf("got %s", items)
	}
	for i, want := range []string{
		`"version":1,"type":"order.placed.v1","actor":"client","correlationId":"co","causationId":"k","data":{"at":`,
		`"version":1,"type":"stock.received.v1","actor":"client","correlationId":`,
		`"version":2,"type":"order.submitted.v1","actor":"client","correlationId":`,
	} {
		if !strings.Contains(items[i], want) {
			t.Errorf("got %s, want %s", items[i], want)
		}
	}
	if !strings.HasPrefix(items[0], `{"stream":"`+strings.TrimPrefix(strings.Replace(path, "orders", "order", 1), "/")+`","version":1,"at":"`) {
		t.Errorf("got %s", items[0])
	}
	for _, person := range []string{"Ada", "ada@", "Main St", "recipient"} {
		if strings.Contains(strings.Join(items, ""), person) {
			t.Errorf("%q is in the journal: %s", person, items[0])
		}
	}
}

func TestTheJournalIsPagedAndEveryCommitIsAPlaceToGoOnFrom(t *testing.T) {
	w := newJournal(t)
	w.happen(0, 1, 2, 3, 4, 5, 6)
	all, _ := w.pages("/journal", 100)
	for limit := 1; limit <= 8; limit++ {
		items, pages := w.pages("/journal", limit)
		if want := (7 + limit - 1) / limit; fmt.Sprint(items) != fmt.Sprint(all) || pages != want {
			t.Errorf("by %d: %d items on %d pages, want 7 on %d", limit, len(items), pages, want)
		}
	}
	for i, item := range all {
		cursor := reply{body: item}.field("cursor")
		if rest, _ := w.pages("/journal?cursor="+cursor, 100); fmt.Sprint(rest) != fmt.Sprint(all[i+1:]) {
			t.Errorf("after %d: %s", i, rest)
		}
	}
	end := "/journal?cursor=" + reply{body: all[6]}.field("cursor")
	w.happen(7)
	if rest, _ := w.pages(end, 100); fmt.Sprint(minutes(rest)) != "[7]" {
		t.Errorf("what came later: %s", rest)
	}
}

func TestTheJournalIsFilteredByTheTimeOfTheCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newJournal(t)
		w.happen(0, 10, 20, 15, 30, 5, 40) // some are late
		for query, want := range map[string]string{
			"":                           "[0 10 20 15 30 5 40]",
			"?from=2026-01-02T00:15:00Z": "[20 15 30 40]",
			"?to=2026-01-02T00:15:00Z":   "[0 10 5]",
			"?from=2026-01-02T00:10:00Z&to=2026-01-02T00:30:00.000Z": "[10 20 15]",
			"?from=2026-01-02T00:10:00.001Z&to=2026-01-02T00:30:01Z": "[20 15 30]",
			"?from=2026-01-03T00:00:00Z":                             "[]",
		} {
			for _, limit := range []int{1, 2, 100} {
				items, _ := w.pages("/journal"+query, limit)
				if got := minutes(items); fmt.Sprint(got) != want {
					t.Errorf("%q by %d: got %v, want %s", query, limit, got, want)
				}
			}
		}
		before := time.Now().Add(-time.Minute)
		if at, err := time.Parse(time.RFC3339, w.do("GET", "/journal", "").field("completeTo")); err != nil || at.Before(before) || at.After(time.Now()) {
			t.Errorf("complete to %v, %v", at, err)
		}
		if got := newWorld(t).do("GET", "/journal", ""); got.body != `{"items":[],"next":null,"completeTo":null}` {
			t.Errorf("of a journal that cannot tell: %s", got.body)
		}
	})
}

// sparse is a journal in which every page is cut short by what is left out of it.
type sparse struct{ journal.Store }

func (s sparse) Read(ctx context.Context, p journal.Page) ([]journal.Entry, journal.Cursor, error) {
	if p.After.At(0) == 1000 {
		return s.Store.Read(ctx, p)
	}
	return nil, journal.Cursor{p.After.At(0) + 1}, nil
}

func TestALongWayThatIsLeftOutIsGoneInSeveralRequests(t *testing.T) {
	w := newWorld(t, func(c *httpapi.Config) { c.Journal = sparse{emptyJournal{}} })
	items, pages := w.pages("/journal?to=2026-01-02T00:00:00Z", 1)
	if len(items) != 0 || pages < 50 || pages > 101 {
		t.Errorf("%d items on %d pages", len(items), pages)
	}
}

// reads counts how often a journal is asked.
type reads struct {
	journal.Store
	n int
}

func (r *reads) Read(ctx context.Context, p journal.Page) ([]journal.Entry, journal.Cursor, error) {
	r.n++
	return r.Store.Read(ctx, p)
}

func TestTheLongerTheWayThatIsLeftOutTheMoreIsAskedForAtOnce(t *testing.T) {
	r := &reads{}
	w := newJournal(t)
	r.Store, w.config.Journal = w.config.Journal, r
	w.happen(make([]int, 2000)...)
	w.reopen()
	if items, pages := w.pages("/journal?to=2026-01-01T00:00:00Z", 1); len(items) != 0 || pages != 1 || r.n > 20 {
		t.Errorf("%d items on %d pages, asked for %d times", len(items), pages, r.n)
	}
}

func TestABadQueryOfTheJournalIsRefused(t *testing.T) {
	w := newJournal(t)
	w.happen(0, 1, 2)
	for _, at := range []string{
		"", "now", "2026-01-02", "2026-01-02T00:00:00", "2026-01-02T00:00:00+00:00", "2026-01-02t00:00:00z", "2026-02-30T00:00:00Z", "2025-02-29T00:00:00Z",
		"2026-13-01T00:00:00Z", "2026-01-02T24:00:00Z", "2026-01-02T00:00:60Z", "2026-01-02T00:00:00,5Z", "2026-1-2T00:00:00Z", "0001-01-01T00:00:00Z", "2026-01-02T00:00:00Z\n", "1767312000",
	} {
		for _, name := range []string{"from", "to"} {
			w.do("GET", "/journal?"+name+"="+url.QueryEscape(at), "").expect(t, name+" "+at, http.StatusBadRequest, "query.invalid", "")
		}
	}
	for _, query := range []string{
		"from=2026-01-02T00:00:00Z&to=2026-01-02T00:00:00Z", "from=2026-01-03T00:00:00Z&to=2026-01-02T00:00:00Z", "from=2026-01-02T00:00:00Z&from=2026-01-02T00:00:00Z",
		"limit=0", "limit=-1", "limit=1000000000", "min_version=1", "status=pending", "cursor=", "cursor=" + journal.Cursor{4}.Text("shop"), "cursor=" + journal.Cursor{0, 0}.Text("shop"), "cursor=" + journal.Cursor{1}.Text("other"),
	} {
		w.do("GET", "/journal?"+query, "").expect(t, query, http.StatusBadRequest, "query.invalid", "")
	}
	cursor := w.do("GET", "/journal?limit=1", "").field("next")
	for _, bad := range spoilt(cursor) {
		w.do("GET", "/journal?cursor="+url.QueryEscape(bad), "").expect(t, bad, http.StatusBadRequest, "query.invalid", "")
	}
	w.do("GET", "/orders?cursor="+cursor, "").expect(t, "a cursor elsewhere", http.StatusBadRequest, "query.invalid", "")
}
