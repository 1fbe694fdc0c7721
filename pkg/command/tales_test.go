package command_test

import (
	"context"
	"fmt"
	"iter"
	"sync/atomic"
	"testing"

	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
)

// reads counts what is asked of a store, and the commits that come of it.
type reads struct {
	*memstore.Store
	loads, reads, commits atomic.Int64
}

func (s *reads) Load(ctx context.Context, id eventstore.StreamID, upTo eventstore.Version, schema int) ([]eventstore.Commit, error) {
	s.loads.Add(1)
	return s.Store.Load(ctx, id, upTo, schema)
}

func (s *reads) Read(ctx context.Context, id eventstore.StreamID, after eventstore.Position) iter.Seq2[eventstore.Commit, error] {
	s.reads.Add(1)
	return func(yield func(eventstore.Commit, error) bool) {
		for c, err := range s.Store.Read(ctx, id, after) {
			s.commits.Add(1)
			if !yield(c, err) {
				return
			}
		}
	}
}

func (s *reads) took(t *testing.T, what string, loads, reads, commits int64) {
	t.Helper()
	if l, r, c := s.loads.Swap(0), s.reads.Swap(0), s.commits.Swap(0); l != loads || r != reads || c != commits {
		t.Errorf("%s: %d loads and %d reads of %d commits, want %d, %d and %d", what, l, r, c, loads, reads, commits)
	}
}

func TestAStreamThatWasToldIsReadOnFrom(t *testing.T) {
	s := &reads{Store: withTill(t)}
	l := newLoop(s)
	give(t, l, client("first"), cents(1))
	s.took(t, "the first command", 1, 0, 0)
	give(t, l, client("second"), cents(1))
	s.took(t, "the next", 0, 1, 0)
	for i := range 3 {
		give(t, newLoop(s.Store), client(fmt.Sprint("other-", i)), cents(10))
	}
	if got := give(t, l, client("third"), cents(1)); got.State.Sum != 33 || got.Version != 7 {
		t.Errorf("after three of another process: %+v", got)
	}
	s.took(t, "after three of another process", 0, 1, 3)
	give(t, l, client("end"), shut{})
	s.took(t, "what closes it", 0, 1, 0)
	give(t, l, client("again"), shut{})
	s.took(t, "what writes nothing", 0, 1, 0) // and that one read was strong
	if got, err := l.State(t.Context(), "a"); err != nil || got.State.Sum != 33 || got.Version != 8 {
		t.Errorf("its state: %+v, %v", got, err)
	}
	s.took(t, "its state", 0, 1, 0)
}

func TestAKeyThatIsNoClientsIsKnownUntilOthersHaveWritten(t *testing.T) {
	l := newLoop(withTill(t))
	r := command.Request{Key: "saga"}
	first := give(t, l, r, cents(5))
	if again := give(t, l, r, cents(5)); again != first {
		t.Errorf("given again: %+v, want %+v", again, first)
	}
}

func TestOnlySoManyTalesAreKept(t *testing.T) {
	s := &reads{Store: new(memstore.Store)}
	l := newLoop(s)
	enter := func(id string, c command.Request) {
		t.Helper()
		if _, err := l.Do(t.Context(), id, c, open{}); err != nil {
			t.Fatal(err)
		}
	}
	enter("oldest", client("k"))
	enter("old", client("k"))
	for i := range 255 {
		enter(fmt.Sprint(i), client("k"))
		enter("old", client("k"))
	}
	s.loads.Store(0)
	enter("old", client("k"))
	if n := s.loads.Load(); n != 0 {
		t.Errorf("%d loads of what was told all the time", n)
	}
	enter("oldest", client("other"))
	if n := s.loads.Load(); n != 1 {
		t.Errorf("%d loads of what was told longest ago", n)
	}
}
