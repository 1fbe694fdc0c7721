package viewtest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/daybook-es/daybook/pkg/readmodel"
)

func listed(t testing.TB, store readmodel.Store) {
	t.Helper()
	expectList(t, store, page("all"))
	rows := map[string]readmodel.Row{}
	for id, lists := range map[string][]string{"a": {"all", "odd"}, "b": {"all", "even"}, "c": {"all", "odd"}, "d": nil} {
		r := row(id)
		r.Lists = lists
		put(t, store, r)
		rows[id] = written(r)
	}
	expectList(t, store, page("all"), "a", "b", "c")
	expectList(t, store, page("odd"), "a", "c")
	expectList(t, store, page("even"), "b")
	expectList(t, store, page("none"))

	got, err := store.List(t.Context(), page("odd"))
	same := func(a, b readmodel.Row) bool { return fmt.Sprint(normal(a)) == fmt.Sprint(normal(b)) }
	if want := []readmodel.Row{rows["a"], rows["c"]}; err != nil || !slices.EqualFunc(got, want, same) {
		t.Errorf("the rows of a list are not those that were put: got %v, %v\nwant %v", got, err, want)
	}
}

func moved(t testing.TB, store readmodel.Store) {
	t.Helper()
	put(t, store, row("b"))
	r := row("a")
	r.Lists = []string{"all", "pending"}
	put(t, store, r)
	move := func(sort string, lists ...string) {
		t.Helper()
		r.Revision++
		r.Lists, r.Sort = lists, sort
		put(t, store, r)
	}
	move("s", "all", "submitted")
	expectList(t, store, page("pending"))
	expectList(t, store, page("submitted"), "a")
	expectList(t, store, page("all"), "a", "b")
	move("t", "all", "submitted")
	expectList(t, store, page("all"), "b", "a")
	expectList(t, store, page("submitted"), "a")
	move("u")
	expectList(t, store, page("all"), "b")
	expectList(t, store, page("submitted"))
	move("a", "all")
	expectList(t, store, page("all"), "a", "b")
}

func ordered(t testing.TB, store readmodel.Store) {
	t.Helper()
	for _, p := range [][2]string{{"2", "a"}, {"1", "c"}, {"10", "d"}, {"1", "b"}, {"2", "B"}, {"", "z"}, {"1", "b0"}} {
		putAt(t, store, readmodel.Place{Sort: p[0], ID: p[1]}, "all")
	}
	want := []string{"z", "b", "b0", "c", "d", "B", "a"}
	expectList(t, store, page("all"), want...)
	slices.Reverse(want)
	down := page("all")
	down.Descending = true
	expectList(t, store, down, want...)
}

func limited(t testing.TB, store readmodel.Store) {
	t.Helper()
	for _, id := range []string{"a", "b", "c"} {
		put(t, store, row(id))
	}
	for limit, want := range [][]string{1: {"a"}, 2: {"a", "b"}, 3: {"a", "b", "c"}, 4: {"a", "b", "c"}} {
		if limit > 0 {
			p := page("all")
			p.Limit = limit
			expectList(t, store, p, want...)
		}
	}
}

func begun(t testing.TB, store readmodel.Store) {
	t.Helper()
	for _, sort := range []string{"23T", "24T", "24T1", "25T"} {
		putAt(t, store, readmodel.Place{Sort: sort, ID: "at-" + sort}, "all")
	}
	up, down := page("all"), page("all")
	down.Descending = true
	for sort, want := range map[string][2][]string{
		"0":   {{"at-23T", "at-24T", "at-24T1", "at-25T"}, {}},
		"24T": {{"at-24T", "at-24T1", "at-25T"}, {"at-23T"}},
		"24U": {{"at-25T"}, {"at-24T1", "at-24T", "at-23T"}},
		"~":   {{}, {"at-25T", "at-24T1", "at-24T", "at-23T"}},
	} {
		up.After.Sort, down.After.Sort = sort, sort
		expectList(t, store, up, want[0]...)
		expectList(t, store, down, want[1]...)
	}
}

func paged(t testing.TB, store readmodel.Store) {
	t.Helper()
	want := make([]string, 25)
	for i := range want {
		want[i] = fmt.Sprintf("row-%02d", i)
		putAt(t, store, readmodel.Place{Sort: fmt.Sprint(i / 6), ID: want[i]}, "all") // ties run over page ends
	}
	for range 2 {
		for _, limit := range []int{1, 4, 24, 25} {
			p := page("all")
			p.Limit, p.Descending = limit, want[0] != "row-00"
			if got := walk(t, store, p, func(readmodel.Place) {}); !slices.Equal(got, want) {
				t.Errorf("in pages of %d, descending %v: got %v\nwant %v", limit, p.Descending, got, want)
			}
		}
		slices.Reverse(want)
	}
}

// pagedMeanwhile walks a list while, after each page, the row that it ended with
// leaves, and others come: next to it, and at both ends of the list.
func pagedMeanwhile(t testing.TB, store readmodel.Store) {
	t.Helper()
	for _, descending := range []bool{false, true} {
		p := page(fmt.Sprintf("descending-%v", descending))
		p.Limit, p.Descending = 3, descending
		want := make([]string, 20)
		for i := range want {
			want[i] = fmt.Sprintf("%s-%02d", p.List, i)
			putAt(t, store, readmodel.Place{Sort: fmt.Sprintf("%02d", i/2), ID: want[i]}, p.List)
		}
		if descending {
			slices.Reverse(want)
		}
		turn := 0
		got := walk(t, store, p, func(last readmodel.Place) {
			if turn++; turn > 5 {
				return
			}
			left := row(last.ID)
			left.Revision, left.Lists = 1, nil
			put(t, store, left)
			for _, sort := range []string{"", last.Sort, "99"} {
				putAt(t, store, readmodel.Place{Sort: sort, ID: fmt.Sprintf("%s-new-%d-%s", p.List, turn, sort)}, p.List)
			}
		})
		met := slices.DeleteFunc(slices.Clone(got), func(id string) bool { return !slices.Contains(want, id) })
		if !slices.Equal(met, want) {
			t.Errorf("descending %v: of the rows that were there first, got %v\nwant %v", descending, met, want)
		}
		if slices.Sort(got); len(slices.Compact(slices.Clone(got))) != len(got) {
			t.Errorf("descending %v: a row was shown twice: %v", descending, got)
		}
	}
}

func tenants(t testing.TB, store readmodel.Store) {
	t.Helper()
	apart(t, store, func(r *readmodel.Row) { r.Tenant = "other" }, func(p *readmodel.Page) { p.Tenant = "other" })
}

func views(t testing.TB, store readmodel.Store) {
	t.Helper()
	apart(t, store, func(r *readmodel.Row) { r.View = "other" }, func(p *readmodel.Page) { p.View = "other" })
}

func apart(t testing.TB, store readmodel.Store, other func(*readmodel.Row), otherPage func(*readmodel.Page)) {
	t.Helper()
	here, there, alone := row("a"), row("a"), row("b")
	there.Data = []byte(`{"a":2}`)
	other(&there)
	other(&alone)
	for _, r := range []readmodel.Row{here, there, alone} {
		put(t, store, r)
	}
	expect(t, store, written(here))
	expect(t, store, written(there))
	p := page("all")
	expectList(t, store, p, "a")
	otherPage(&p)
	expectList(t, store, p, "a", "b")
}

func prefixes(t testing.TB, store readmodel.Store) {
	t.Helper()
	for id, list := range map[string]string{"1": "customer/a", "2": "customer/ab", "3": "customer/a/b", "4": "customer", "5": "customer/a#"} {
		r := row(id)
		r.Lists = []string{list}
		put(t, store, r)
		expectList(t, store, page(list), id)
	}
	expectList(t, store, page("customer/a"), "1")
	expectList(t, store, page("customer/"))
}

// page asks for a whole list.
func page(list string) readmodel.Page {
	return readmodel.Page{View: "view", Tenant: "tenant", List: list, Limit: 1000}
}

func putAt(t testing.TB, store readmodel.Store, p readmodel.Place, list string) {
	t.Helper()
	r := row(p.ID)
	r.Sort, r.Lists = p.Sort, []string{list}
	put(t, store, r)
}

// walk returns the ids of a list, page by page, and calls between after
// each.
func walk(t testing.TB, store readmodel.Store, p readmodel.Page, between func(last readmodel.Place)) (ids []string) {
	t.Helper()
	for range 1000 {
		rows, err := store.List(t.Context(), p)
		if err != nil {
			t.Fatalf("list %s: %v", p.List, err)
		}
		if len(rows) == 0 {
			return ids
		}
		for _, r := range rows {
			ids = append(ids, r.ID)
			p.After = readmodel.Place{Sort: r.Sort, ID: r.ID}
		}
		between(p.After)
	}
	t.Fatalf("list %s does not end", p.List)
	return nil
}

func expectList(t testing.TB, store readmodel.Store, p readmodel.Page, want ...string) {
	t.Helper()
	rows, err := store.List(t.Context(), p)
	if err != nil {
		t.Fatalf("list %s: %v", p.List, err)
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	if !slices.Equal(ids, want) {
		t.Errorf("list %s: got %v, want %v", p.List, ids, want)
	}
}
