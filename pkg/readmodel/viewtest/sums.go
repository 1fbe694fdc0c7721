package viewtest

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// sum returns what adds an amount, and one time, to a sum.
func sum(id string, amount int64) readmodel.Sum {
	return readmodel.Sum{Group: "group", ID: id, Amounts: map[string]int64{readmodel.ByAmount: amount, readmodel.ByTimes: 1}}
}

func summing(id string, sums ...readmodel.Sum) readmodel.Row {
	r := row(id)
	r.Sums = sums
	return r
}

// group asks for all sums of one.
func group() readmodel.Group {
	return readmodel.Group{View: "view", Tenant: "tenant", Name: "group"}
}

func shown(t readmodel.Total) string {
	return fmt.Sprintf("%s: %s, %s", t.ID, t.Of(readmodel.ByAmount), t.Of(readmodel.ByTimes))
}

// totals reads a group. A ranking may miss the last puts, and is read again for a
// while, until it is what it should be.
func totals(t testing.TB, store readmodel.Store, g readmodel.Group, right func([]readmodel.Total) bool) []readmodel.Total {
	t.Helper()
	for try := 0; ; try++ {
		got, err := store.Totals(t.Context(), g)
		if err != nil {
			t.Fatalf("totals of %s: %v", g.Name, err)
		}
		if g.Top == "" || try == 10 || right(got) {
			return got
		}
		time.Sleep(time.Millisecond << try)
	}
}

// expectTotals compares with "id: amount, times".
func expectTotals(t testing.TB, store readmodel.Store, g readmodel.Group, want ...string) {
	t.Helper()
	totals := totals(t, store, g, func(totals []readmodel.Total) bool {
		return slices.EqualFunc(totals, want, func(t readmodel.Total, want string) bool { return shown(t) == want })
	})
	got := make([]string, len(totals))
	for i, total := range totals {
		got[i] = shown(total)
		for name, n := range total.Amounts {
			if n.Sign() == 0 {
				t.Errorf("%s shows that %q is 0", total.ID, name)
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("totals of %+v: got %q, want %q", g, got, want)
	}
}

func summed(t testing.TB, store readmodel.Store) {
	t.Helper()
	expectTotals(t, store, group())
	elsewhere := readmodel.Sum{Group: "group/2", ID: "x", Amounts: map[string]int64{"status/new !": 5, "none": 0}}
	first := summing("a", sum("x", 10), sum("y y", -3), elsewhere)
	put(t, store, first)
	expect(t, store, written(first))
	put(t, store, summing("b", sum("x", 5), sum("x", 1))) // twice is twice
	expectTotals(t, store, group(), "x: 16, 3", "y y: -3, 1")
	other := group()
	other.Name = "group/2"
	got, err := store.Totals(t.Context(), other)
	if err != nil || len(got) != 1 || len(got[0].Amounts) != 1 || got[0].Of("status/new !").Int64() != 5 {
		t.Errorf("got %v, %v; want one amount of 5", got, err)
	}
	unlisted := summing("c", sum("x", 1))
	unlisted.Lists = nil
	put(t, store, unlisted)
	expect(t, store, written(unlisted))
	expectTotals(t, store, group(), "x: 17, 4", "y y: -3, 1")
}

func corrected(t testing.TB, store readmodel.Store) {
	t.Helper()
	put(t, store, summing("other", sum("x", 100)))
	for name, lists := range map[string][]string{"listed": {"all"}, "alone": nil} {
		r := summing(name)
		r.Lists = lists
		again := func(sums ...readmodel.Sum) {
			t.Helper()
			r.Sums = sums
			put(t, store, r)
			r = written(r)
			expect(t, store, r)
		}
		again(sum("x", 10), sum("y", 20))
		expectTotals(t, store, group(), "x: 110, 2", "y: 20, 1")
		again(sum("y", 20), sum("x", 10)) // the same
		expectTotals(t, store, group(), "x: 110, 2", "y: 20, 1")
		again(sum("y", 25), sum("z", 1))
		expectTotals(t, store, group(), "x: 100, 1", "y: 25, 1", "z: 1, 1")
		again()
		again()
		expectTotals(t, store, group(), "x: 100, 1")
		again(sum("z", 1))
		expectTotals(t, store, group(), "x: 100, 1", "z: 1, 1")
		again()
	}
}

func staleSums(t testing.TB, store readmodel.Store) {
	t.Helper()
	for name, lists := range map[string][]string{"listed": {"all"}, "alone": nil} {
		r := summing(name, sum(name, 1))
		r.Lists = lists
		put(t, store, r)
		r = written(r)
		put(t, store, r)
		for _, late := range [][]readmodel.Sum{{sum(name, 5)}, {sum(name, 1)}, nil} {
			for _, r.Revision = range []int64{0, 1, 3} {
				if r.Sums = late; !errors.Is(store.Put(t.Context(), r), readmodel.ErrRace) {
					t.Errorf("a put on revision %d of a row at 2 was taken", r.Revision)
				}
			}
		}
		ghost := summing("ghost", sum(name, 1))
		ghost.Revision, ghost.Lists = 1, lists
		if err := store.Put(t.Context(), ghost); !errors.Is(err, readmodel.ErrRace) {
			t.Errorf("a put on revision 1 of a row that is not there: got %v", err)
		}
		only := group()
		only.From, only.To = name, name+"~"
		expectTotals(t, store, only, name+": 1, 1")
	}
}

func racingSums(t testing.TB, store readmodel.Store) {
	t.Helper()
	const writers = 20
	var wg sync.WaitGroup
	gate, won := make(chan struct{}), make([]int64, writers)
	for i := range writers {
		wg.Go(func() {
			<-gate
			r := summing("one", sum("contended", int64(i+1)))
			if store.Put(t.Context(), r) == nil {
				won[i] = int64(i + 1)
			}
			r = summing(fmt.Sprint("of-many-", i), sum("shared", 1), sum("same", 2))
			for err := readmodel.ErrRace; errors.Is(err, readmodel.ErrRace); {
				if err = store.Put(t.Context(), r); err != nil && !errors.Is(err, readmodel.ErrRace) {
					t.Error(err)
				}
			}
		})
	}
	close(gate)
	wg.Wait()
	slices.Sort(won)
	expectTotals(t, store, group(), fmt.Sprintf("contended: %d, 1", won[writers-1]), "same: 40, 20", "shared: 20, 20")
	if won[writers-2] > 0 {
		t.Error("two writers have won")
	}
}

func overflowing(t testing.TB, store readmodel.Store) {
	t.Helper()
	for i := range 3 {
		put(t, store, summing(fmt.Sprint(i), sum("x", math.MaxInt64)))
	}
	expectTotals(t, store, group(), "x: 27670116110564327421, 3")
	top := group()
	top.Top, top.Limit = readmodel.ByAmount, 1
	expectTotals(t, store, top, "x: 27670116110564327421, 3")
}

// many puts more changes than one transaction of any store may have, into a row
// that was not there, and then others; a stale put stays without effect.
func many(t testing.TB, store readmodel.Store) {
	t.Helper()
	r, want := summing("a"), map[string]string{}
	for round := range int64(3) {
		r.Sums = nil
		clear(want)
		for i := range int64(250) {
			s := sum(fmt.Sprintf("%03d", i+100*round), i+round)
			r.Sums = append(r.Sums, s)
			want[s.ID] = fmt.Sprintf("%s: %d, 1", s.ID, i+round)
		}
		put(t, store, r)
		if err := store.Put(t.Context(), r); !errors.Is(err, readmodel.ErrRace) {
			t.Errorf("a stale put: got %v", err)
		}
		r = written(r)
		expect(t, store, r)
		expectTotals(t, store, group(), slices.Sorted(maps.Values(want))...)
	}
}

func sumsApart(t testing.TB, store readmodel.Store) {
	t.Helper()
	for view, tenant := range map[string]string{"view": "tenant", "other": "tenant", "view2": "other"} {
		r := summing("a", sum("x", 1))
		r.View, r.Tenant = view, tenant
		put(t, store, r)
	}
	there := summing("b", sum("x", 10))
	there.Tenant = "other"
	put(t, store, there)
	expectTotals(t, store, group(), "x: 1, 1")
	g := group()
	g.Tenant = "other"
	expectTotals(t, store, g, "x: 10, 1")
	g.View = "view2"
	expectTotals(t, store, g, "x: 1, 1")
}

func misnamed(t testing.TB, store readmodel.Store) {
	t.Helper()
	long := strings.Repeat("!", readmodel.MaxName)
	put(t, store, summing("long", sum(long, 1)))
	expectTotals(t, store, group(), long+": 1, 1")
	for _, bad := range []string{"\xff", long + "x", ""} {
		sums := map[string]readmodel.Sum{"id": sum(bad, 1), "group": sum("x", 1), "amount": sum("x", 1)}
		if bad != "" {
			sums["group"] = readmodel.Sum{Group: bad, ID: "x"}
			sums["amount"].Amounts[bad] = 1
		} else {
			delete(sums, "group")
			delete(sums, "amount")
		}
		for what, s := range sums {
			err := store.Put(t.Context(), summing("bad", s))
			if _, ok := errors.AsType[*eventstore.InvalidError](err); !ok {
				t.Errorf("the %s %.10q: got %v", what, bad, err)
			}
		}
	}
	expectNone(t, store, key("bad"))
}
