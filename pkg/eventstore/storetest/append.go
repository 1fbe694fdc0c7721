package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

func unknown(t testing.TB, s eventstore.Store) {
	t.Helper()
	at := start(t)
	load(t, s, at.Stream(), eventstore.Latest, 1, nil)
	same(t, "read", read(t, s, at), nil)
}

func readBack(t testing.TB, s eventstore.Store) {
	t.Helper()
	at := start(t)
	full := withSnapshot(commit("a key with spaces, ~ and \"quotes\"", 3), 7)
	full.Command.Fingerprint = "fingerprint"
	full.Events[1] = eventstore.Event{
		Type: "thing.other.v2", Data: json.RawMessage(`{"text":"é \u2028 <&>","null":null,"list":[1,2.5e3,"x"]}`),
		Correlation: `co"rre\lation`, Causation: "ca use", Actor: "Łukasz",
	}
	full.Events[2].Actor = ""
	want := extend(t, s, at, commit("first", 1), full, commit("last", 2))
	same(t, "read", read(t, s, at), want)
	load(t, s, at.Stream(), eventstore.Latest, 0, want)
	for i, v := range []eventstore.Version{1, 2, 5} {
		if want[i].First != v {
			t.Errorf("commit %d begins with version %d, want %d", i+1, want[i].First, v)
		}
	}
}

func commitTimes(t testing.TB, s eventstore.Store) {
	t.Helper()
	at := start(t)
	times := []time.Time{
		noon.Add(999 * time.Microsecond), noon.Add(-time.Hour), noon.Add(time.Second).In(time.FixedZone("east", 3600)), noon,
	}
	var commits []eventstore.Commit
	for i, moment := range times {
		c := commit(fmt.Sprint(i), 1)
		c.At = moment
		commits = append(commits, c)
	}
	extend(t, s, at, commits...)
	for i, c := range read(t, s, at) {
		if want := []time.Time{noon, noon, noon.Add(time.Second), noon.Add(time.Second)}[i]; c.At != want {
			t.Errorf("commit %d is of %v, want %v", i+1, c.At, want)
		}
	}
}

func together(t testing.TB, s eventstore.Store) {
	t.Helper()
	at := start(t)
	want := extend(t, s, at, commit("many", 50))
	if _, err := s.Append(t.Context(), at.Stream(), at, commit("others", 50)); err == nil {
		t.Error("a second commit was appended in the same place")
	}
	same(t, "read", read(t, s, at), want)
}

func invalidCommits(t testing.TB, s eventstore.Store) {
	t.Helper()
	at, elsewhere := start(t), start(t)
	data := func(text string) eventstore.Commit {
		c := commit("k", 2)
		c.Events[1].Data = json.RawMessage(text)
		return c
	}
	nameless, bare, noSchema := commit("k", 1), withSnapshot(commit("k", 1), 1), withSnapshot(commit("k", 1), 0)
	nameless.Events[0].Type = ""
	bare.Snapshot.Data = nil
	for what, c := range map[string]eventstore.Commit{
		"without events": commit("k", 0), "without a key": commit("", 1), "whose data is cut off": data(`{"a":`), "without data": data(""),
		"whose data is no UTF-8": data("\"\xff\""), "without a type": nameless, "of over 400 KB": data(`"` + strings.Repeat("x", 400<<10) + `"`),
		"with an empty snapshot": bare, "with a snapshot of no schema": noSchema,
	} {
		_, err := s.Append(t.Context(), at.Stream(), at, c)
		if _, ok := errors.AsType[*eventstore.InvalidError](err); !ok {
			t.Errorf("a commit %s: %v, want an InvalidError", what, err)
		}
	}
	_, err := s.Append(t.Context(), at.Stream(), elsewhere, commit("k", 1))
	if _, ok := errors.AsType[*eventstore.InvalidError](err); !ok {
		t.Errorf("after a position in another stream: %v, want an InvalidError", err)
	}
	same(t, "read", read(t, s, at), nil)
	same(t, "read elsewhere", read(t, s, elsewhere), nil)
}

func cancelled(t testing.TB, s eventstore.Store) {
	t.Helper()
	at := start(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := commit("k", 3)
	_, err := s.Append(ctx, at.Stream(), at, c)
	there := read(t, s, at)
	if err == nil && len(there) != 1 || len(there) > 0 && len(there[0].Events) != 3 {
		t.Errorf("append: %v; then there are %v", err, there)
	}
	extend(t, s, start(t), c) // and the store goes on
	for _, err := range s.Read(ctx, at.Stream(), at) {
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("a cancelled read: %v", err)
		}
	}
}

func staleWriter(t testing.TB, s eventstore.Store) {
	t.Helper()
	at := start(t)
	want := extend(t, s, at, commit("a", 2), commit("b", 1), commit("c", 1))
	for i, stale := range []eventstore.Position{at, want[0].End(), want[1].End()} {
		_, err := s.Append(t.Context(), at.Stream(), stale, commit("late", 1))
		conflict, ok := errors.AsType[*eventstore.ConflictError](err)
		if !ok || conflict.Stream != at.Stream() || conflict.Expected != stale.Version() {
			t.Fatalf("after %d: %v, want a ConflictError", stale.Version(), err)
		}
		if conflict.Next != nil {
			same(t, "what the conflict tells", []eventstore.Commit{*conflict.Next}, want[i:i+1])
		}
	}
	same(t, "read", read(t, s, at), want)
}

// race lets 20 writers append after one position, all released by one gate.
func race(t testing.TB, s eventstore.Store, at eventstore.Position, key func(writer int) string) (stored []eventstore.Commit, conflicts int) {
	t.Helper()
	const writers = 20
	gate, errs, all := make(chan struct{}), make([]error, writers), make([]eventstore.Commit, writers)
	var wg sync.WaitGroup
	for n := range writers {
		wg.Go(func() {
			<-gate
			all[n], errs[n] = s.Append(t.Context(), at.Stream(), at, commit(key(n), 1+n%3))
		})
	}
	close(gate)
	wg.Wait()
	for n, err := range errs {
		_, conflict := errors.AsType[*eventstore.ConflictError](err)
		switch {
		case err == nil:
			stored = append(stored, all[n])
		case conflict:
			conflicts++
		default:
			t.Fatalf("writer %d: %v", n, err)
		}
	}
	return stored, conflicts
}

func racingWriters(t testing.TB, s eventstore.Store) {
	t.Helper()
	first := start(t)
	at := first
	var want []eventstore.Commit
	for range 5 {
		won, conflicts := race(t, s, at, func(n int) string { return fmt.Sprint("writer-", n) })
		if len(won) != 1 || conflicts != 19 {
			t.Fatalf("after %d: %d have won, %d were refused", at.Version(), len(won), conflicts)
		}
		want, at = append(want, won[0]), won[0].End()
	}
	same(t, "read", read(t, s, first), want)
}

func repeated(t testing.TB, s eventstore.Store) {
	t.Helper()
	at := start(t)
	first := withSnapshot(commit("k", 2), 1)
	first.Command.Fingerprint = "first"
	want := extend(t, s, at, first)
	other := commit("k", 3)
	other.At, other.Command.Fingerprint = noon.Add(time.Hour), "second"
	for range 3 {
		again, err := s.Append(t.Context(), at.Stream(), at, other)
		if err != nil {
			t.Fatalf("the repeat: %v", err)
		}
		same(t, "what the repeat returns", []eventstore.Commit{again}, want)
	}
	same(t, "read", read(t, s, at), want)
}

func racingRepeats(t testing.TB, s eventstore.Store) {
	t.Helper()
	at := start(t)
	stored, conflicts := race(t, s, at, func(int) string { return "k" })
	if conflicts > 0 {
		t.Errorf("%d repeats were refused", conflicts)
	}
	want := read(t, s, at)
	if len(want) != 1 {
		t.Fatalf("%d commits", len(want))
	}
	for _, c := range stored {
		same(t, "what a repeat returns", []eventstore.Commit{c}, want)
	}
}

func lateRepeat(t testing.TB, s eventstore.Store) {
	t.Helper()
	at := start(t)
	want := extend(t, s, at, numbered(5)...)
	for i := range want {
		before := at
		if i > 0 {
			before = want[i-1].End()
		}
		again, err := s.Append(t.Context(), at.Stream(), before, commit(want[i].Command.Key, 1))
		if err != nil {
			t.Fatalf("the repeat of commit %d: %v", i+1, err)
		}
		same(t, "what the repeat returns", []eventstore.Commit{again}, want[i:i+1])
	}
	same(t, "read", read(t, s, at), want)
}
