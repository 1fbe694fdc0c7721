package projection_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

var left, right = stream("left", "a"), stream("right", "a")

func TestCommitsAreFoldedInOrderAndOnce(t *testing.T) {
	w := newWorld(t)
	one, two := w.append(left, added{1}), w.append(left, added{2}, noted{}, added{4})
	w.apply(one, one)
	w.expect("a", 1, 0, "left@1:1")
	w.apply(one, two)
	w.apply(two)
	w.apply(one)
	w.expect("a", 4, 0, "left@1:1", "left@2:2", "left@4:4")
	if w.rows.puts != 2 {
		t.Errorf("%d puts; a duplicate writes nothing", w.rows.puts)
	}
}

func TestAnEventWithoutARuleMovesTheGuard(t *testing.T) {
	w := newWorld(t)
	w.apply(w.append(left, noted{}))
	w.expect("a", 1, 0)
	w.apply(w.append(left, added{2}))
	w.expect("a", 2, 0, "left@2:2")
	w.apply(w.append(left, raw{Type: noted{}.EventType(), Data: []byte(`"damaged"`)})) // which nobody reads
	w.expect("a", 3, 0, "left@2:2")
	if n := w.events.reads.Load(); n != 0 {
		t.Errorf("%d reads of the event store; there was no gap", n)
	}
}

func TestAGapIsReadFromTheEventStoreFirst(t *testing.T) {
	w := newWorld(t)
	first := w.append(left, added{1})
	w.append(left, added{2}, noted{})
	w.append(left, added{4})
	late := w.append(left, added{5})
	w.append(left, added{6}) // nobody told of it
	w.apply(first)
	w.apply(late)
	w.expect("a", 5, 0, "left@1:1", "left@2:2", "left@4:4", "left@5:5")
}

func TestAShuffledBatchHasNoGaps(t *testing.T) {
	w := newWorld(t)
	one, two, three := w.append(left, added{1}), w.append(left, added{2}), w.append(left, added{3})
	w.apply(three, one, two, one)
	w.expect("a", 3, 0, "left@1:1", "left@2:2", "left@3:3")
	if n := w.events.reads.Load(); n != 0 {
		t.Errorf("%d reads of the event store", n)
	}
}

func TestEachRowIsReadOnceAndWrittenOnce(t *testing.T) {
	w := newWorld(t)
	var all []eventstore.Commit
	for n := range 10 {
		for _, id := range []string{"a", "b", "c"} {
			all = append(all, w.append(stream("left", id), added{n}), w.append(stream("other", id), added{n}))
		}
	}
	w.apply(all...)
	if w.rows.gets != 3 || w.rows.puts != 3 {
		t.Errorf("%d gets and %d puts of 3 rows", w.rows.gets, w.rows.puts)
	}
	rows, err := w.rows.List(t.Context(), readmodel.Page{View: "tally", Tenant: "t", List: "all", Limit: 10})
	if err != nil || len(rows) != 3 || rows[0].Sort != "0010" {
		t.Errorf("got %v, %v; want 3 rows in their place", rows, err)
	}
}

func TestARowContributesWhatItIsNow(t *testing.T) {
	w := newWorld(t)
	w.view.Summing(func(_ readmodel.Key, r tally) []readmodel.Sum {
		return []readmodel.Sum{{Group: "g", ID: "seen", Amounts: map[string]int64{"n": int64(len(r.Seen))}}}
	})
	one, two := w.append(left, added{1}), w.append(left, added{2})
	w.apply(one)
	w.apply(two, one, two)
	w.apply(w.append(stream("left", "b"), added{1}))
	got, err := w.rows.Totals(t.Context(), readmodel.Group{View: "tally", Tenant: "t", Name: "g"})
	if err != nil || len(got) != 1 || got[0].Of("n").Int64() != 3 {
		t.Errorf("got %v, %v; want 3", got, err)
	}
}

func TestSeveralSourcesFeedOneRow(t *testing.T) {
	w := newWorld(t)
	const n = 50
	var wg sync.WaitGroup
	for _, s := range []eventstore.StreamID{left, right} {
		var commits []eventstore.Commit
		for i := range n {
			commits = append(commits, w.append(s, added{i}))
		}
		wg.Go(func() {
			for _, c := range commits {
				w.apply(c)
			}
		})
	}
	wg.Wait()
	row, err := w.rows.Get(t.Context(), readmodel.Key{View: "tally", Tenant: "t", ID: "a"})
	if err != nil || row.Applied["left"].Version() != n || row.Applied["right"].Version() != n || row.Sort != "0100" {
		t.Errorf("got %v at %s, %v; want both at %d", row.Applied, row.Sort, err, n)
	}
}

func TestARaceIsFoldedAgainButNotForEver(t *testing.T) {
	w := newWorld(t)
	one, two := w.append(left, added{1}), w.append(right, added{1})
	raced := false
	w.rows.fail = func(op string, _ readmodel.Key) error {
		if op == "put" && !raced {
			raced = true
			w.rows.mu.Unlock()
			defer w.rows.mu.Lock()
			w.apply(two)
		}
		return nil
	}
	w.apply(one)
	w.expect("a", 1, 1, "right@1:1", "left@1:1")

	w.rows.fail = func(op string, _ readmodel.Key) error {
		if op == "put" {
			return readmodel.ErrRace
		}
		return nil
	}
	w.rows.puts = 0
	if err := w.view.Apply(t.Context(), w.append(left, added{2})); !errors.Is(err, readmodel.ErrRace) || projection.Poisoned(err) != nil || w.rows.puts != 10 {
		t.Errorf("got %v after %d puts", err, w.rows.puts)
	}
}

func TestPoisonStopsItsStreamAlone(t *testing.T) {
	for name, c := range map[string]struct {
		happened domain.Typed
		says     string
	}{
		"a rule that refuses":  {vetoed{}, "vetoed"},
		"a rule that panics":   {burst{}, "panic: burst"},
		"an unknown type":      {raw{Type: "gone.v9", Data: []byte(`{}`)}, `event type "gone.v9" is unknown to this program`},
		"data that is no data": {raw{Type: "added.v1", Data: []byte(`{"N":"x"}`)}, "decode added.v1: json: cannot unmarshal string into Go struct field added.N of type int"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			all := []eventstore.Commit{
				w.append(left, added{1}),
				w.append(left, added{2}, c.happened, added{4}),
				w.append(left, added{5}),
				w.append(right, added{1}), // feeds the same row
				w.append(stream("left", "b"), added{1}),
				w.append(stream("left", "c"), noted{}, c.happened),
			}
			err := w.view.Apply(t.Context(), all...)
			poison := projection.Poisoned(err)
			var got []string
			for _, p := range poison {
				got = append(got, p.Error())
			}
			want := []string{"t/left/a at version 3: " + c.says, "t/left/c at version 2: " + c.says}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got  %v\nwant %v", got, want)
			}
			w.expect("a", 1, 1, "left@1:1", "right@1:1")
			w.expect("b", 1, 0, "left@1:1")
			w.expect("c", 0, 0)
		})
	}
}

func TestPoisonIsFoundInAGapToo(t *testing.T) {
	w := newWorld(t)
	w.append(left, added{1})
	w.append(left, vetoed{})
	err := w.view.Apply(t.Context(), w.append(left, added{3}), w.append(left, added{4}), w.append(left, added{5}))
	want := &projection.PoisonError{Stream: left, Version: 2, Err: errVeto}
	if got := projection.Poisoned(err); len(got) != 1 || *got[0] != *want || !errors.Is(err, errVeto) {
		t.Errorf("got %v, want %v", err, want)
	}
	w.expect("a", 1, 0, "left@1:1")
	if n := w.events.reads.Load(); n != 2 {
		t.Errorf("%d reads of the event store: one that finds the poison, and one that stops before it", n)
	}
}

func TestAGapThatMakesNoSenseIsPoison(t *testing.T) {
	w := newWorld(t)
	w.append(left, added{1})
	w.append(left, added{2})
	third := w.append(left, added{3})
	hole := &eventstore.HoleError{Stream: left, After: 1, Found: 3}
	view := projection.New("tally", w.rows, damagedRead{w.events, hole}, tally.place, source("left"), source("right"))
	err := view.Apply(t.Context(), third, w.append(left, added{4}), w.append(right, added{1}))
	want := &projection.PoisonError{Stream: left, Version: 2, Err: hole}
	if got := projection.Poisoned(err); len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("got %v, want %v", err, want)
	}
	w.expect("a", 1, 1, "right@1:1", "left@1:1")
}

// damagedRead is a store in which nothing after version 1 makes sense.
type damagedRead struct {
	eventstore.Store
	err error
}

func (d damagedRead) Read(ctx context.Context, s eventstore.StreamID, after eventstore.Position) iter.Seq2[eventstore.Commit, error] {
	return func(yield func(eventstore.Commit, error) bool) {
		for c, err := range d.Store.Read(ctx, s, after) {
			if c.First > 1 {
				c, err = eventstore.Commit{}, d.err
			}
			if !yield(c, err) || err != nil {
				return
			}
		}
	}
}

func TestAFaultComesAsItIsAndRedeliveryMakesUpForIt(t *testing.T) {
	for _, op := range []string{"get", "put"} {
		w := newWorld(t)
		fault := fmt.Errorf("rows: %w", eventstore.ErrUnavailable)
		w.rows.fail = func(o string, key readmodel.Key) error {
			if o == op && key.ID == "b" {
				return fault
			}
			return nil
		}
		all := []eventstore.Commit{w.append(left, added{1}), w.append(stream("left", "b"), added{1}), w.append(stream("left", "c"), added{1})}
		if err := w.view.Apply(t.Context(), all...); err != fault || projection.Poisoned(err) != nil { //nolint:errorlint // as it is
			t.Errorf("got %v, want %v", err, fault)
		}
		w.rows.fail = nil
		w.apply(all...)
		for _, id := range []string{"a", "b", "c"} {
			w.expect(id, 1, 0, "left@1:1")
		}
	}
}

func TestACommitThatTheEventStoreLacksIsAHole(t *testing.T) {
	w, elsewhere := newWorld(t), newWorld(t)
	elsewhere.append(left, added{1})
	err := w.view.Apply(t.Context(), elsewhere.append(left, added{2}))
	if hole, ok := errors.AsType[*eventstore.HoleError](err); !ok || projection.Poisoned(err) != nil {
		t.Errorf("got %v, want a hole", err)
	} else if want := (eventstore.HoleError{Stream: left, After: 0, Found: 2}); *hole != want {
		t.Errorf("got %v, want %v", hole, want)
	}
	w.expect("a", 0, 0)
}

func TestMistakesInAProgramPanic(t *testing.T) {
	onlyNoted := domain.NewRegistry[domain.Typed](noted{})
	for says, mistake := range map[string]func(){
		`event type "added.v1" has two rules`: func() {
			projection.From("left", events, projection.On((*tally).added), projection.On((*tally).added))
		},
		`unknown to the registry`: func() { projection.From("left", onlyNoted, projection.On((*tally).added)) },
		`two sources of category "left"`: func() {
			projection.New("tally", boltstore.NewViews(), nil, tally.place, source("left"), source("left"))
		},
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, says) {
					t.Errorf("got %q, want %q", got, says)
				}
			}()
			mistake()
		}()
	}
}
