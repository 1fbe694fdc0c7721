package httpapi_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/daybook-es/daybook/internal/bubble"
	"github.com/daybook-es/daybook/pkg/bleveindex"
	"github.com/daybook-es/daybook/pkg/httpapi"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel/search"
)

// newSearch returns a world with an index, which is brought up to date when
// somebody waits for it.
func newSearch(t *testing.T) *world {
	t.Helper()
	index := bleveindex.New(bleveindex.Memory, slog.New(slog.DiscardHandler))
	if _, err := index.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := index.Close(); err != nil {
			t.Error(err)
		}
	})
	return newWorld(t, func(c *httpapi.Config) {
		view := search.New(index, c.Events)
		c.Search, c.Searchable = index, func(ctx context.Context) error {
			for commit, err := range c.Events.Scan(ctx, 0, 1) {
				if err == nil {
					err = view.Apply(ctx, commit)
				}
				if err != nil {
					return err
				}
			}
			return index.Save(ctx, projection.Place{Seq: 1})
		}
	})
}

func find(q string) string { return "/search?q=" + url.QueryEscape(q) }

func TestOrdersAreFoundByWords(t *testing.T) {
	w := newSearch(t)
	path := w.place()
	line := w.do("GET", "/orders", "").body
	want := strings.Replace(line, `Z"}]`, `Z","matched":["recipient","items"]}]`, 1)
	for _, q := range []string{"Ada lamp", "LAMP, ada!", "ada\u00a0lamp"} {
		if got := w.do("GET", find(q), ""); got.status != http.StatusOK || got.body != want {
			t.Errorf("%q: got %d %s\nwant %s", q, got.status, got.body, want)
		}
	}
	for _, q := range []string{"lam", "ada vase", "springfield", "ada@example.com", "1 Main St"} {
		if got := w.do("GET", find(q), ""); got.status != http.StatusOK || got.body != `{"items":[],"next":null}` {
			t.Errorf("%q: got %d %s", q, got.status, got.body)
		}
	}
	w.do("POST", path+"/cancel", `{"reason":"the <b>vase</b> & its lid"}`).expect(t, "cancel", http.StatusOK)
	if got := w.do("GET", find("<b>vase"), ""); !strings.Contains(got.body, `"status":"cancelled"`) || !strings.Contains(got.body, `"matched":["cancelReason"]`) {
		t.Errorf("found by its reason: %s", got.body)
	}
}

func TestASearchThatIsNoneIsMalformed(t *testing.T) {
	w := newSearch(t)
	for _, query := range []string{
		"", "q=", "q=+", "q=%20%09", "q=...", "q=%E2%80%93", "q=a%ff", "q=%ff", "q=" + strings.Repeat("a", 201), "q=" + strings.Repeat("%C5%82", 201),
		"Q=lamp", "q=lamp&q=lamp", "q=lamp&x=1", "q=lamp&status=pending", "q=lamp&customer=a", "q=%zz", "text=lamp",
		"q=lamp&limit=0", "q=lamp&limit=-1", "q=lamp&limit=101", "q=lamp&limit=1000000000", "q=lamp&limit=", "q=lamp&cursor=", "q=lamp&cursor=x",
	} {
		w.do("GET", "/search?"+query, "").expect(t, query, http.StatusBadRequest, "query.invalid", "")
	}
	for _, q := range []string{"a", strings.Repeat("a", 200), strings.Repeat("ł", 200), "東", "½", "q=lamp&limit=100000", "\x00a"} {
		w.do("GET", find(q), "").expect(t, q, http.StatusOK)
	}
}

func TestASearchIsPagedByCursorsOfItsOwn(t *testing.T) {
	bubble.Run(t, func(t *testing.T, _ *bubble.Network) {
		w := newSearch(t)
		for range 7 {
			w.place()
			time.Sleep(time.Millisecond)
		}
		all := w.do("GET", find("lamp"), "").body
		var pages []string
		next := ""
		for range 10 {
			got := w.do("GET", find("lamp")+"&limit=3"+next, "")
			items, _, _ := strings.Cut(strings.TrimPrefix(got.body, `{"items":[`), `],"next"`)
			pages = append(pages, items)
			cursor := got.field("next")
			if cursor == "null" {
				break
			}
			next = "&cursor=" + url.QueryEscape(cursor)
		}
		if got := fmt.Sprintf(`{"items":[%s],"next":null}`, strings.Join(pages, ",")); len(pages) != 3 || got != all {
			t.Errorf("page by page\n%s\nat once\n%s", got, all)
		}
		cursor := w.do("GET", find("lamp")+"&limit=3", "").field("next")
		for _, bad := range spoilt(cursor) {
			w.do("GET", find("lamp")+"&cursor="+url.QueryEscape(bad), "").expect(t, bad, http.StatusBadRequest, "query.invalid", "")
		}
		for _, other := range []string{find("ada"), find("Lamp"), find("lamp "), "/orders?limit=3", "/stock?limit=3"} {
			w.do("GET", other+"&cursor="+cursor, "").expect(t, other, http.StatusBadRequest, "query.invalid", "")
		}
	})
}

func TestASearchThatTheIndexIsBehindForIsNotAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(c *httpapi.Config) {
			c.Searchable = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		})
		begun := time.Now()
		w.do("GET", find("lamp"), "").expect(t, "search", http.StatusServiceUnavailable, "view.behind", "")
		if waited := time.Since(begun); waited != 5*time.Second {
			t.Errorf("waited %v", waited)
		}
		w.do("GET", "/orders", "").expect(t, "the views go on", http.StatusOK)
	})
}
