// Package searchtest is the contract of [search.Index]: an index is one that
// passes it. The test of a new index is one line:
//
//	func TestIndex(t *testing.T) {
//		searchtest.Run(t, func(testing.TB) search.Index { return myindex.New() })
//	}
package searchtest

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/search"
)

// A Law is one sentence of the contract, and what tells that it holds. Check is
// given an empty index.
type Law struct {
	Name  string
	Check func(t testing.TB, index search.Index)
}

// Laws returns the whole contract.
func Laws() []Law {
	return []Law{
		{"a row that was never put is not there", neverPut},
		{"a row is read as it was put", readBack},
		{"what a caller changes is not changed in the index", unshared},
		{"a put on a stale revision is refused and changes nothing", stale},
		{"of 20 racing puts exactly one wins", racing},
		{"a row of 2,000 words is found by each", large},
		{"a row is found by its words, and by no other", found},
		{"a row that loses a word is not found by it until it has it again", lost},
		{"rows are found in descending order of sort, then of id", ordered},
		{"a page has no more rows than its limit, and paging skips and repeats none", paged},
		{"paging skips and repeats no row while others come and go", pagedMeanwhile},
		{"tenants find their own rows", tenants},
		{"whatever was put, what is found is what holds the words now", anything},
	}
}

// Run checks every law, each on an index of its own that open returns empty. What
// is put is to be found at once.
func Run(t *testing.T, open func(testing.TB) search.Index) {
	t.Helper()
	for _, law := range Laws() {
		t.Run(law.Name, func(t *testing.T) {
			t.Parallel()
			law.Check(t, open(t))
		})
	}
}

func key(id string) readmodel.Key {
	return readmodel.Key{View: search.View, Tenant: "tenant", ID: id}
}

func row(id, sort string, words ...string) readmodel.Row {
	position, err := eventstore.NoStream(eventstore.StreamID{Tenant: "tenant", Category: "order", ID: id}).Extend(
		eventstore.StreamID{Tenant: "tenant", Category: "order", ID: id},
		eventstore.Commit{Events: []eventstore.Event{{Type: "order.placed.v1", Data: []byte(`{}`)}}, Command: eventstore.CommandID{Key: "k"}})
	if err != nil {
		panic(err)
	}
	return readmodel.Row{
		Key: key(id), Data: fmt.Appendf(nil, `{"id":%q}`, id), Lists: words, Sort: sort,
		Applied: map[string]eventstore.Position{"order": position.End()},
	}
}

func written(r readmodel.Row) readmodel.Row {
	r.Revision++
	return r
}

func put(t testing.TB, index search.Index, r readmodel.Row) {
	t.Helper()
	if err := index.Put(t.Context(), r); err != nil {
		t.Fatalf("put %s: %v", r.ID, err)
	}
}

func expect(t testing.TB, index search.Index, want readmodel.Row) {
	t.Helper()
	got, err := index.Get(t.Context(), want.Key)
	if err != nil || !same(got, want) {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
	}
}

func same(a, b readmodel.Row) bool {
	return a.Key == b.Key && a.Revision == b.Revision && string(a.Data) == string(b.Data) && a.Sort == b.Sort &&
		slices.Equal(a.Lists, b.Lists) && (len(a.Applied)+len(b.Applied) == 0 || reflect.DeepEqual(a.Applied, b.Applied))
}

// expectFound checks which rows a page of 1,000 has.
func expectFound(t testing.TB, index search.Index, words []string, want ...string) {
	t.Helper()
	rows, err := index.Find(t.Context(), search.Page{Tenant: "tenant", Words: words, Limit: 1000})
	if got := ids(rows); err != nil || !slices.Equal(got, want) {
		t.Errorf("%q: got %v, %v, want %v", words, got, err, want)
	}
}

func ids(rows []readmodel.Row) []string {
	var all []string
	for _, r := range rows {
		all = append(all, r.ID)
	}
	return all
}
