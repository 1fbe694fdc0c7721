package dynamostore_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/daybook-es/daybook/internal/testsize"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// odd is a name of what parts and escapes names, and of bytes at the borders of
// what is text.
func odd(t *rapid.T, label string) string {
	bytes := rapid.SampledFrom([]byte("\x00\x01\x1f !\"#/0@Aa~\x7f\x80\xbf\xc2\xc3\xa9\xf4\xff"))
	return string(rapid.SliceOfN(bytes, 0, 3).Draw(t, label))
}

// Rows and lists are those that views in memory hold, whatever names and places
// have in them.
func TestViewsAreThoseInMemoryWhateverTheNames(t *testing.T) {
	client, name := tableOf(t, dynamostore.ViewsTable)
	views, run := dynamostore.NewViews(client, name), 0
	testsize.Check(t, testsize.N{Short: 10, Race: 20, Gate: 50, Soak: 2_000}, func(t *rapid.T) {
		run++
		memory, ctx := boltstore.NewViews(), context.Background()
		view := fmt.Sprint("view-", run) // of this run's own
		pages := map[readmodel.Page]bool{}
		for range rapid.IntRange(1, 8).Draw(t, "puts") {
			key := readmodel.Key{View: view, Tenant: odd(t, "tenant"), ID: "i" + odd(t, "id")}
			row, err := memory.Get(ctx, key)
			if err != nil {
				t.Fatal(err)
			}
			row.Sort, row.Lists = odd(t, "sort"), nil
			for range rapid.IntRange(0, 3).Draw(t, "lists") {
				list := rapid.SampledFrom([]string{"all", odd(t, "list")}).Draw(t, "which")
				row.Lists = append(row.Lists, list)
				pages[readmodel.Page{View: view, Tenant: key.Tenant, List: list}] = true
			}
			row.Data = fmt.Appendf(nil, "%q", odd(t, "data"))
			row.Applied = map[string]eventstore.Position{"order": eventstore.NoStream(eventstore.StreamID{Tenant: "t", Category: "order", ID: "1"})}
			if err := memory.Put(ctx, row); err != nil {
				t.Fatal(err)
			}
			if err := views.Put(ctx, row); err != nil {
				t.Fatal(err)
			}
			agree(t, "row", func(s readmodel.Store) ([]readmodel.Row, error) {
				got, err := s.Get(ctx, key)
				return []readmodel.Row{got}, err
			}, memory, views)
		}
		for page := range pages {
			page.Limit = rapid.IntRange(1, 8).Draw(t, "limit")
			if rapid.Bool().Draw(t, "after") {
				page.After = readmodel.Place{Sort: odd(t, "after sort"), ID: "i" + odd(t, "after id")}
			}
			for _, page.Descending = range []bool{false, true} {
				agree(t, fmt.Sprintf("%+v", page), func(s readmodel.Store) ([]readmodel.Row, error) { return s.List(ctx, page) }, memory, views)
			}
		}
	})
}

// A place may be longer than one where a row can stand, as a cursor that
// somebody made up.
func TestAListBeginsAfterAnyPlace(t *testing.T) {
	t.Parallel()
	client, name := tableOf(t, dynamostore.ViewsTable)
	views, memory := dynamostore.NewViews(client, name), boltstore.NewViews()
	for i, end := range []string{"", "w", "x", "xx", "xxxxxxxx", "y", "\xff", "\xff\xff\xff\xff"} {
		for _, from := range []int{989, 1000, 1005} {
			row := line(fmt.Sprintf("%d%d", from%10, i), "all")
			row.Sort = strings.Repeat("x", from) + end
			put(t, views, row)
			put(t, memory, row)
		}
	}
	for _, end := range []string{"", "w", "x", "xxxxxxxxxxxxxxxx", strings.Repeat("x", 100), "xxxxxxxx\xff\xff", "y", strings.Repeat("\xff", 2000)} {
		for _, from := range []int{989, 1000, 1005, 1017} {
			for _, descending := range []bool{false, true} {
				page := readmodel.Page{View: "order-list", Tenant: "main", List: "all", Limit: 100, Descending: descending}
				page.After = readmodel.Place{Sort: strings.Repeat("x", from) + end, ID: "1"}
				agree(t, fmt.Sprintf("after %d and %q", from, end), func(s readmodel.Store) ([]readmodel.Row, error) { return s.List(t.Context(), page) }, memory, views)
			}
		}
	}
}

// What no put takes is not there, and no request is made for it.
func TestNamesThatAreTooLongAreNotThere(t *testing.T) {
	views := dynamostore.NewViews(over(answering(nil)), "views") // any request would panic
	key := line(strings.Repeat("x", 2048)).Key
	row, err := views.Get(t.Context(), key)
	same(t, "row", []any{row, err}, []any{readmodel.Row{Key: key}, nil})
	rows, err := views.List(t.Context(), readmodel.Page{View: key.View, Tenant: key.Tenant, List: key.ID, Limit: 1})
	if len(rows) > 0 || err != nil {
		t.Errorf("got %v, %v", rows, err)
	}
}

func agree(t rapid.TB, what string, read func(readmodel.Store) ([]readmodel.Row, error), memory, views readmodel.Store) {
	t.Helper()
	want, err := read(memory)
	if err != nil {
		t.Fatal(err)
	}
	got, err := read(views)
	if err != nil {
		t.Fatal(err)
	}
	same := func(a, b readmodel.Row) bool { return fmt.Sprintf("%+v", a) == fmt.Sprintf("%+v", b) }
	if !slices.EqualFunc(got, want, same) {
		t.Fatalf("%s: got %q\nwant %q", what, fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want))
	}
}
