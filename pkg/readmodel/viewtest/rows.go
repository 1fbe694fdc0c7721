package viewtest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

func neverPut(t testing.TB, store readmodel.Store) {
	t.Helper()
	expectNone(t, store, key("a"))
	put(t, store, row("b"))
	expectNone(t, store, key("a"))
}

func readBack(t testing.TB, store readmodel.Store) {
	t.Helper()
	r := row("a")
	r.Applied["stock"] = position("stock", "a", 1<<40)
	r.Data = []byte(`{"name":"Łódź \u2028 \"quoted\"","empty":"","null":null}`)
	r.Sort = "2026-11-24T09:00:00.000000001"
	r.Lists = []string{"all", "customer/cust-1"}
	put(t, store, r)
	expect(t, store, written(r))

	bare := readmodel.Row{Key: key("bare"), Data: []byte(`{}`)}
	put(t, store, bare)
	expect(t, store, written(bare))
}

func replaced(t testing.TB, store readmodel.Store) {
	t.Helper()
	put(t, store, row("a"))
	for revision := range int64(3) {
		next := row("a")
		next.Revision = revision + 1
		next.Applied = map[string]eventstore.Position{"order": position("order", "a", eventstore.Version(revision+2))}
		next.Data = fmt.Appendf(nil, `{"put":%d}`, revision)
		next.Lists, next.Sort = []string{fmt.Sprintf("list-%d", revision)}, fmt.Sprint(revision)
		put(t, store, next)
		expect(t, store, written(next))
	}
}

func stale(t testing.TB, store readmodel.Store) {
	t.Helper()
	first := row("a")
	put(t, store, first)
	second := written(first)
	second.Data = []byte(`{"put":2}`)
	put(t, store, second)

	for _, revision := range []int64{0, 1, 3} {
		late := readmodel.Row{Key: first.Key, Revision: revision, Data: []byte(`{"late":true}`), Lists: []string{"late"}}
		if err := store.Put(t.Context(), late); !errors.Is(err, readmodel.ErrRace) {
			t.Errorf("put on revision %d of a row at 2: got %v, want ErrRace", revision, err)
		}
	}
	ghost := row("ghost")
	ghost.Revision, ghost.Lists = 1, []string{"late"}
	if err := store.Put(t.Context(), ghost); !errors.Is(err, readmodel.ErrRace) {
		t.Errorf("put on revision 1 of a row that is not there: got %v, want ErrRace", err)
	}
	expect(t, store, written(second))
	expectList(t, store, page("late"))
	expectList(t, store, page("all"), "a")
	expectNone(t, store, ghost.Key)
}

func racing(t testing.TB, store readmodel.Store) {
	t.Helper()
	at := readmodel.Row{Key: key("a")}
	for range 5 {
		const writers = 20
		var wg sync.WaitGroup
		gate, errs := make(chan struct{}), make([]error, writers)
		rows := make([]readmodel.Row, writers)
		for i := range writers {
			rows[i] = row("a")
			rows[i].Revision, rows[i].Data = at.Revision, fmt.Appendf(nil, `{"writer":%d}`, i)
			wg.Go(func() {
				<-gate
				errs[i] = store.Put(t.Context(), rows[i])
			})
		}
		close(gate)
		wg.Wait()
		winner := -1
		for i, err := range errs {
			switch {
			case err == nil && winner >= 0:
				t.Fatalf("writers %d and %d have both won", winner, i)
			case err == nil:
				winner = i
			case !errors.Is(err, readmodel.ErrRace):
				t.Fatalf("a loser got %v, want ErrRace", err)
			}
		}
		if winner < 0 {
			t.Fatal("nobody has won")
		}
		at = written(rows[winner])
		expect(t, store, at)
	}
}

func unshared(t testing.TB, store readmodel.Store) {
	t.Helper()
	spoil := func(r readmodel.Row) {
		r.Sums[0].Amounts[readmodel.ByAmount] = 13
		r.Data[2] = 'X'
		r.Lists[0] = "spoilt"
		clear(r.Applied)
	}
	given, want := summing("a", sum("x", 1)), written(summing("a", sum("x", 1)))
	put(t, store, given)
	spoil(given)
	expect(t, store, want)

	got, err := store.Get(t.Context(), want.Key)
	if err != nil {
		t.Fatal(err)
	}
	spoil(got)
	expect(t, store, want)

	rows, err := store.List(t.Context(), page("all"))
	if err != nil || len(rows) != 1 {
		t.Fatalf("list: got %v, %v; want one row", rows, err)
	}
	spoil(rows[0])
	expect(t, store, want)
	expectList(t, store, page("all"), "a")

	totals, err := store.Totals(t.Context(), group())
	if err != nil || len(totals) != 1 {
		t.Fatalf("totals: got %v, %v; want one", totals, err)
	}
	totals[0].Of(readmodel.ByAmount).SetInt64(13)
	totals[0].Amounts[readmodel.ByAmount].SetInt64(13)
	expectTotals(t, store, group(), "x: 1, 1")
}

func large(t testing.TB, store readmodel.Store) {
	t.Helper()
	r := row("a")
	r.Data = fmt.Appendf(nil, `{"text":%q}`, strings.Repeat("0123456789", 10<<10))
	put(t, store, r)
	expect(t, store, written(r))
}

func key(id string) readmodel.Key { return readmodel.Key{View: "view", Tenant: "tenant", ID: id} }

func position(category, id string, v eventstore.Version) (p eventstore.Position) {
	if err := p.UnmarshalText(fmt.Appendf(nil, "tenant/%s/%s@%d", category, id, v)); err != nil {
		panic(fmt.Sprintf("viewtest: %v", err)) // it is written as positions are
	}
	return p
}

// row returns a row that was not put yet, in the list "all".
func row(id string) readmodel.Row {
	return readmodel.Row{
		Key:     key(id),
		Applied: map[string]eventstore.Position{"order": position("order", id, 1)},
		Data:    []byte(`{"a":1}`),
		Lists:   []string{"all"},
		Sort:    "s",
	}
}

// written returns a row as it is after it was put.
func written(r readmodel.Row) readmodel.Row {
	r.Revision++
	return r
}

func put(t testing.TB, store readmodel.Store, r readmodel.Row) {
	t.Helper()
	if err := store.Put(t.Context(), r); err != nil {
		t.Fatalf("put %s at revision %d: %v", r.ID, r.Revision, err)
	}
}

func expectNone(t testing.TB, store readmodel.Store, k readmodel.Key) {
	t.Helper()
	got, err := store.Get(t.Context(), k)
	if err != nil || got.Key != k || got.Revision != 0 || len(got.Data) != 0 || len(got.Applied) != 0 || len(got.Lists) != 0 {
		t.Errorf("got %+v, %v; want revision 0 of %v", got, err, k)
	}
}

func expect(t testing.TB, store readmodel.Store, want readmodel.Row) {
	t.Helper()
	got, err := store.Get(t.Context(), want.Key)
	if err != nil {
		t.Fatalf("get %s: %v", want.ID, err)
	}
	if !reflect.DeepEqual(normal(got), normal(want)) {
		t.Errorf("get %s: got %.300v\nwant %.300v", want.ID, got, want)
	}
}

// normal returns the row with what means the same written the same: a row's
// lists are a set, and of positions a store keeps the text.
func normal(r readmodel.Row) readmodel.Row {
	applied := make(map[string]eventstore.Position, len(r.Applied))
	for category, p := range r.Applied {
		text, _ := p.MarshalText()
		_ = p.UnmarshalText(text)
		applied[category] = p
	}
	r.Applied = applied
	r.Lists = append([]string{}, r.Lists...)
	r.Sums = append([]readmodel.Sum{}, r.Sums...)
	slices.Sort(r.Lists)
	return r
}
