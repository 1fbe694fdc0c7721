package searchtest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/search"
)

func found(t testing.TB, index search.Index) {
	t.Helper()
	put(t, index, row("a", "1", "ada", "blue", "lamp"))
	put(t, index, row("b", "2", "ada", "vase"))
	put(t, index, row("c", "3", "blue", "lamps", "vase"))
	put(t, index, row("d", "4"))
	for _, c := range []struct {
		words []string
		want  []string
	}{
		{[]string{"ada"}, []string{"b", "a"}},
		{[]string{"lamp"}, []string{"a"}},
		{[]string{"lam"}, nil},
		{[]string{"lamps"}, []string{"c"}},
		{[]string{"ada", "blue"}, []string{"a"}},
		{[]string{"ada", "vase"}, []string{"b"}},
		{[]string{"ada", "lamps"}, nil},
		{[]string{"ada", "blue", "lamp"}, []string{"a"}},
		{[]string{"ada", "blue", "lamp", "vase"}, nil},
		{[]string{"none"}, nil},
		{[]string{"ada", "none"}, nil},
	} {
		expectFound(t, index, c.words, c.want...)
	}
}

func lost(t testing.TB, index search.Index) {
	t.Helper()
	put(t, index, row("b", "2", "lamp", "vase"))
	r := row("a", "1", "ada", "lamp")
	put(t, index, r)
	for _, has := range []bool{false, true, false, true} {
		r.Revision++
		r.Lists = []string{"ada"}
		want := []string{"b"}
		if has {
			r.Lists = []string{"ada", "lamp", "vase"}
			want = []string{"b", "a"}
		}
		put(t, index, r)
		expectFound(t, index, []string{"ada"}, "a")
		expectFound(t, index, []string{"lamp"}, want...)
		expectFound(t, index, []string{"lamp", "vase"}, want...)
	}
	r.Revision++
	r.Lists = nil
	put(t, index, r)
	expectFound(t, index, []string{"ada"})
}

func ordered(t testing.TB, index search.Index) {
	t.Helper()
	for _, p := range [][2]string{{"2", "a"}, {"1", "c"}, {"1", "b"}, {"2", "B"}, {"3", "z"}, {"1", "b0"}, {"1", "b-1"}} {
		put(t, index, row(p[1], p[0], "lamp"))
	}
	expectFound(t, index, []string{"lamp"}, "z", "a", "B", "c", "b0", "b-1", "b")
}

func paged(t testing.TB, index search.Index) {
	t.Helper()
	var want []string
	for i := range 25 {
		words := []string{"lamp"}
		if i%3 != 1 {
			words = append(words, "blue")
		}
		r := row(fmt.Sprintf("row-%02d", i), fmt.Sprint(i/6), words...) // ties run over page ends
		if put(t, index, r); i%3 != 1 {
			want = append([]string{r.ID}, want...)
		}
	}
	for _, limit := range []int{1, 4, len(want) - 1, len(want), 100} {
		if got := walk(t, index, limit, func(readmodel.Place) {}, "blue", "lamp"); !slices.Equal(got, want) {
			t.Errorf("in pages of %d: got %v\nwant %v", limit, got, want)
		}
	}
}

// pagedMeanwhile walks while, after each page, the row that it ended with leaves,
// and others come: next to it, and at both ends.
func pagedMeanwhile(t testing.TB, index search.Index) {
	t.Helper()
	var want []string
	for i := range 20 {
		r := row(fmt.Sprintf("row-%02d", i), fmt.Sprintf("%02d", i/2), "lamp")
		put(t, index, r)
		want = append([]string{r.ID}, want...)
	}
	turn := 0
	got := walk(t, index, 3, func(last readmodel.Place) {
		if turn++; turn > 5 {
			return
		}
		left := row(last.ID, last.Sort)
		left.Revision = 1
		put(t, index, left)
		for _, sort := range []string{"!", last.Sort, "99"} {
			put(t, index, row(fmt.Sprintf("new-%d-%s", turn, sort), sort, "lamp"))
		}
	}, "lamp")
	met := slices.DeleteFunc(slices.Clone(got), func(id string) bool { return !slices.Contains(want, id) })
	if !slices.Equal(met, want) {
		t.Errorf("of the rows that were there first, got %v\nwant %v", met, want)
	}
	if slices.Sort(got); len(slices.Compact(slices.Clone(got))) != len(got) {
		t.Errorf("a row was shown twice: %v", got)
	}
}

func tenants(t testing.TB, index search.Index) {
	t.Helper()
	here, there, alone := row("a", "1", "lamp"), row("a", "1", "lamp", "vase"), row("b", "2", "lamp")
	there.Tenant, alone.Tenant = "other", "other"
	for _, r := range []readmodel.Row{here, there, alone} {
		put(t, index, r)
	}
	expect(t, index, written(here))
	expect(t, index, written(there))
	expectFound(t, index, []string{"lamp"}, "a")
	expectFound(t, index, []string{"vase"})
	rows, err := index.Find(t.Context(), search.Page{Tenant: "other", Words: []string{"lamp"}, Limit: 10})
	if got := ids(rows); err != nil || !slices.Equal(got, []string{"b", "a"}) || rows[1].Tenant != "other" {
		t.Errorf("the other tenant found %+v, %v", rows, err)
	}
}

// anything puts rows at random, and compares what is found with what a look at
// each row finds.
func anything(t testing.TB, index search.Index) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same each time
	words := []string{"ada", "b", "blue", "c", "d", "e", "lamp", "vase"}
	some := func(n int) (some []string) {
		for _, i := range random.Perm(len(words))[:n] {
			some = append(some, words[i])
		}
		slices.Sort(some)
		return some
	}
	rows := make(map[string]readmodel.Row)
	for range 150 {
		id := fmt.Sprint("row-", random.IntN(20))
		r := row(id, fmt.Sprint(1+len(id)*3%5), some(random.IntN(len(words)))...)
		r.Revision = rows[id].Revision
		put(t, index, r)
		rows[id] = written(r)
	}
	for range 40 {
		wanted := some(1 + random.IntN(3))
		var want []readmodel.Row
		for _, r := range rows {
			if !slices.ContainsFunc(wanted, func(w string) bool { return !slices.Contains(r.Lists, w) }) {
				want = append(want, r)
			}
		}
		slices.SortFunc(want, func(a, b readmodel.Row) int {
			return cmp.Or(cmp.Compare(b.Sort, a.Sort), cmp.Compare(b.ID, a.ID))
		})
		expectFound(t, index, wanted, ids(want)...)
		if got := walk(t, index, 3, func(readmodel.Place) {}, wanted...); !slices.Equal(got, ids(want)) {
			t.Errorf("%q page by page: got %v, want %v", wanted, got, ids(want))
		}
	}
}

// walk returns the ids of what is found, page by page, and calls between after
// each.
func walk(t testing.TB, index search.Index, limit int, between func(last readmodel.Place), words ...string) (all []string) {
	t.Helper()
	p := search.Page{Tenant: "tenant", Words: words, Limit: limit}
	for range 1000 {
		rows, err := index.Find(t.Context(), p)
		if err != nil || len(rows) > limit {
			t.Fatalf("find %q: %d rows, %v", words, len(rows), err)
		}
		if len(rows) == 0 {
			return all
		}
		all = append(all, ids(rows)...)
		last := rows[len(rows)-1]
		p.After = readmodel.Place{Sort: last.Sort, ID: last.ID}
		between(p.After)
	}
	t.Fatalf("find %q does not end", words)
	return nil
}
