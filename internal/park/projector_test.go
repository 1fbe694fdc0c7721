package park_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/daybook-es/daybook/internal/stream"
	"github.com/daybook-es/daybook/internal/testsize"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/fulfilments"
	"github.com/daybook-es/daybook/pkg/readmodel/orderdetails"
	"github.com/daybook-es/daybook/pkg/readmodel/orderlist"
	"github.com/daybook-es/daybook/pkg/readmodel/sales"
	"github.com/daybook-es/daybook/pkg/readmodel/stocklevels"
)

// However the stream is delivered, each hole in the views is filled or is a
// mark, and what they hold is what one delivery of everything in order leads to.
func TestViewsComeOutTheSameHoweverTheStreamIsDelivered(t *testing.T) {
	testsize.Check(t, sizes, func(t *rapid.T) {
		d := drawDelivery(t, drawBook(t))
		rows := &flaky{Store: boltstore.NewViews(), refused: drawOperations(t, "refused"), lost: drawOperations(t, "lost")}
		deployed := deploy(table, d.book, rows)
		d.run(t, drawMapping(t, projectorName, deployed.projector, deployed.bucket.put))
		if err := deployed.drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		rows.refused, rows.lost = nil, nil // where faults have outlasted the queue
		if err := deployed.redrive(t.Context()); err != nil || len(deployed.dead) > 0 {
			t.Fatalf("%d messages are dead: %v", len(deployed.dead), err)
		}
		want, marks := d.straight(t)
		compare(t, d.commits, rows.Store, want)
		if got := marksIn(t, rows.Store); !slices.Equal(got, marks) {
			t.Fatalf("parked is\n%q, want\n%q", got, marks)
		}
		said := make(map[string]bool)
		for _, line := range deployed.log.said(stream.Parked) {
			said[fmt.Sprintf("%s %s@%v", line["view"], line["stream"], line["version"])] = true
		}
		if got := slices.Sorted(maps.Keys(said)); !slices.Equal(got, marks) {
			t.Fatalf("said to be parked is\n%q, want\n%q", got, marks)
		}
		if got := len(deployed.log.said(stream.Changed)) > 0; got != d.tampered() {
			t.Fatalf("tampering was said: %v", got)
		}
	})
}

func drawOperations(t *rapid.T, label string) map[int64]bool {
	numbers := make(map[int64]bool)
	for _, n := range rapid.SliceOfN(rapid.Int64Range(1, 400), 0, 20).Draw(t, label) {
		numbers[n] = true
	}
	return numbers
}

// tb is any test, rapid's too.
type tb interface {
	rapid.TB
	Context() context.Context
}

func viewsOver(rows readmodel.Store, store eventstore.Store) []projection.View {
	return []projection.View{orderdetails.New(rows, store), orderlist.New(rows, store), stocklevels.New(rows, store), fulfilments.New(rows, store), sales.New(rows, store)}
}

// straight returns the rows that one delivery in order leads to, and what cannot
// be folded of it: "<view> <stream>@<version>", sorted.
func (b *book) straight(t tb) (rows readmodel.Store, marks []string) {
	rows = boltstore.NewViews()
	for _, v := range viewsOver(rows, b) {
		for _, c := range b.commits {
			from, damaged := b.damaged[c.Stream]
			if damaged && c.First == from {
				marks = append(marks, fmt.Sprintf("%s %s@%d", v.View(), c.Stream, from))
			}
			if damaged && c.First >= from {
				continue
			}
			err := v.Apply(t.Context(), c)
			poison := projection.Poisoned(err)
			if err != nil && poison == nil {
				t.Fatal(err)
			}
			for _, p := range poison {
				marks = append(marks, fmt.Sprintf("%s %s@%d", v.View(), p.Stream, p.Version))
			}
		}
	}
	slices.Sort(marks)
	return rows, slices.Compact(marks)
}

// compare compares row by row, but for how often a row was written.
func compare(t tb, commits []eventstore.Commit, got, want readmodel.Store) {
	t.Helper()
	for _, s := range streamsOf(commits) {
		for _, view := range []string{orderdetails.View, orderlist.View, stocklevels.View, fulfilments.View, sales.View} {
			key := readmodel.Key{View: view, Tenant: s.Tenant, ID: s.ID}
			if got, want := read(t, got, key), read(t, want, key); !reflect.DeepEqual(got, want) {
				t.Fatalf("got  %+v\nwant %+v", got, want)
			}
		}
	}
}

func read(t tb, rows readmodel.Store, key readmodel.Key) readmodel.Row {
	t.Helper()
	row, err := rows.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	row.Revision = min(row.Revision, 1)
	for category, at := range row.Applied { // a position that was read from text does not know its time
		text, err := at.MarshalText()
		if err == nil {
			err = at.UnmarshalText(text)
		}
		if err != nil {
			t.Fatal(err)
		}
		row.Applied[category] = at
	}
	return row
}

// marksIn returns what is parked: "<view> <stream>@<version>", sorted.
func marksIn(t tb, rows readmodel.Store) (all []string) {
	t.Helper()
	found, err := rows.List(t.Context(), readmodel.Page{View: stream.ParkedView, Tenant: tenant, List: stream.ParkedList, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range found {
		var m stream.Mark
		if err := json.Unmarshal(row.Data, &m); err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprintf("%s %s@%d", m.View, m.Stream, m.Version))
	}
	slices.Sort(all)
	return all
}
