package viewtest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/daybook-es/daybook/pkg/readmodel"
)

func ranked(t testing.TB, store readmodel.Store) {
	t.Helper()
	for i, amount := range []int64{5, 90, -7, 1000, 20, 0} {
		sums := make([]readmodel.Sum, i+1)
		for n := range sums {
			sums[n] = readmodel.Sum{Group: "group", ID: fmt.Sprint("s", i), Amounts: map[string]int64{readmodel.ByTimes: 1}}
		}
		sums[0].Amounts[readmodel.ByAmount] = amount
		put(t, store, summing(fmt.Sprint(i), sums...))
	}
	top := group()
	top.Top, top.Limit = readmodel.ByAmount, 3
	expectTotals(t, store, top, "s3: 1000, 4", "s1: 90, 2", "s4: 20, 5")
	top.Limit = 10
	expectTotals(t, store, top, "s3: 1000, 4", "s1: 90, 2", "s4: 20, 5", "s0: 5, 1")
	top.Top, top.Limit = readmodel.ByTimes, 2
	expectTotals(t, store, top, "s5: 0, 6", "s4: 20, 5")
	put(t, store, summing("more", sum("s0", 995), sum("s2", 7)))
	top.Top = readmodel.ByAmount
	expectRanked(t, store, top, "1000", "1000")
	top.Name = "none"
	expectTotals(t, store, top)
}

// expectRanked compares the amounts alone, for equals have no order.
func expectRanked(t testing.TB, store readmodel.Store, g readmodel.Group, want ...string) {
	t.Helper()
	same := func(got readmodel.Total, want string) bool { return got.Of(g.Top).String() == want }
	got := totals(t, store, g, func(got []readmodel.Total) bool { return slices.EqualFunc(got, want, same) })
	if !slices.EqualFunc(got, want, same) {
		t.Errorf("the largest: got %v, want %q", got, want)
	}
}

func between(t testing.TB, store readmodel.Store) {
	t.Helper()
	for i, id := range []string{"b", "a/2", "a/1", "a", "c"} {
		put(t, store, summing(fmt.Sprint("row", i), sum(id, 1)))
	}
	for _, c := range []struct {
		from, to string
		want     []string
	}{
		{"", "", []string{"a", "a/1", "a/2", "b", "c"}},
		{"a/2", "", []string{"a/2", "b", "c"}},
		{"", "b", []string{"a", "a/1", "a/2"}},
		{"a/", "a0", []string{"a/1", "a/2"}},
		{"a", "b", []string{"a", "a/1", "a/2"}},
		{"b", "b", nil},
		{"c", "a", nil},
		{"x", "y", nil},
	} {
		g := group()
		g.From, g.To = c.from, c.to
		want := slices.Clone(c.want)
		for i := range want {
			want[i] += ": 1, 1"
		}
		expectTotals(t, store, g, want...)
	}
}
