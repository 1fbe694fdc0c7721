package command_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
)

type answer = command.Answer[till]

func client(key string) command.Request {
	return command.Request{Key: key, Fingerprint: "of-" + key}
}

func newLoop(s eventstore.Store) *command.Loop[till, event] { return command.New(s, "t", tills) }

// opened returns a store with the open till "a" at version 1.
func withTill(t *testing.T) *memstore.Store {
	t.Helper()
	s := new(memstore.Store)
	if _, err := newLoop(s).Do(t.Context(), "a", client("open"), open{}); err != nil {
		t.Fatal(err)
	}
	return s
}

func give(t *testing.T, l *command.Loop[till, event], r command.Request, c interface {
	Decide(till) ([]event, error)
},
) answer {
	t.Helper()
	a, err := l.Do(t.Context(), "a", r, c)
	if err != nil {
		t.Fatalf("%T under %q: %v", c, r.Key, err)
	}
	return a
}

func TestACommandIsDecidedAndAppendedOnce(t *testing.T) {
	s := withTill(t)
	got := give(t, newLoop(s), command.Request{Key: "k", Fingerprint: "f", Correlation: "co", Causation: "ca", Actor: "me"}, cents(5))
	if want := (answer{State: till{Sum: 5, Open: true}, Version: 2, Written: true}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	c := commits(s, "a")[1]
	e := c.Events[0]
	if c.Command != (eventstore.CommandID{Key: "k", Fingerprint: "f"}) || e.Type != "till.paid.v1" || string(e.Data) != `{"amount":5}` ||
		e.Correlation != "co" || e.Causation != "ca" || e.Actor != "me" || c.At.IsZero() {
		t.Errorf("stored %+v", c)
	}
}

func TestARepeatGetsTheFirstAnswer(t *testing.T) {
	l := newLoop(withTill(t))
	first := give(t, l, client("k"), cents(5))
	for i := range 19 {
		give(t, l, client(fmt.Sprint("later-", i)), cents(1))
		if again := give(t, l, client("k"), cents(5)); again != first {
			t.Fatalf("after %d more: %+v, want %+v", i+1, again, first)
		}
	}
	if _, err := l.Do(t.Context(), "a", command.Request{Key: "k", Fingerprint: "other"}, cents(6)); !errors.Is(err, command.ErrKeyReused) {
		t.Errorf("another request under the key: %v", err)
	}
}

func TestAKeyIsRememberedForTwentyCommitsOfClientsOnly(t *testing.T) {
	l := newLoop(withTill(t))
	give(t, l, client("k"), cents(5))
	for i := range 100 { // the saga's commands take no place among the keys
		give(t, l, command.Request{Key: fmt.Sprint("saga-", i)}, cents(1))
	}
	for i := range 20 {
		if again := give(t, l, client("k"), cents(5)); again.Version != 2 {
			t.Fatalf("after %d client's commits the key was forgotten", i)
		}
		give(t, l, client(fmt.Sprint("client-", i)), cents(1))
	}
	if again := give(t, l, client("k"), cents(5)); again.Version != 123 {
		t.Errorf("after 20 client's commits the key was still known: %+v", again)
	}
}

func TestAKeyThatTheStreamsIDDerivesFromHoldsForEver(t *testing.T) {
	l := newLoop(new(memstore.Store))
	create := command.Request{Key: "create", Fingerprint: "f", Creates: true}
	first := give(t, l, create, open{})
	for i := range 200 {
		give(t, l, client(fmt.Sprint(i)), cents(1))
	}
	if again := give(t, l, create, open{}); again != first {
		t.Errorf("got %+v, want %+v", again, first)
	}
	create.Fingerprint = "other"
	if _, err := l.Do(t.Context(), "a", create, open{}); !errors.Is(err, command.ErrKeyReused) {
		t.Errorf("another request under the key: %v", err)
	}
}

func TestAKeyOfWhichIsKnownSinceWhenHoldsForEver(t *testing.T) {
	store := withTill(t)
	l := newLoop(store)
	once := command.Request{Key: "return-1", Since: new(eventstore.Version(1))}
	first := give(t, l, once, cents(5))
	for i := range 200 {
		give(t, l, command.Request{Key: fmt.Sprint("saga-", i)}, cents(1))
	}
	for name, l := range map[string]*command.Loop[till, event]{"which remembers": l, "anew": newLoop(store)} {
		if again := give(t, l, once, cents(5)); again != first {
			t.Errorf("a loop %s: got %+v, want %+v", name, again, first)
		}
	}
	once.Key, once.Since = "return-2", new(eventstore.Empty)
	for range 2 {
		if got := give(t, newLoop(store), once, cents(5)); got.Version != 203 {
			t.Errorf("got %+v", got)
		}
		give(t, l, command.Request{}, cents(1))
	}
}

func TestWithIfMatchAConflictIsStaleAndNotRetried(t *testing.T) {
	s := &contended{Store: withTill(t)}
	r := client("k")
	r.IfMatch = new(eventstore.Version(1))
	if _, err := newLoop(s).Do(t.Context(), "a", r, cents(5)); !errors.Is(err, command.ErrStale) {
		t.Errorf("got %v", err)
	}
	if n := s.rivals.Load(); n != 1 {
		t.Errorf("%d attempts", n)
	}
}

func TestIfMatchIsComparedWithWhatIsThere(t *testing.T) {
	l := newLoop(withTill(t))
	at := func(key string, v eventstore.Version) command.Request {
		r := client(key)
		r.IfMatch = &v
		return r
	}
	if _, err := l.Do(t.Context(), "a", at("k0", 7), cents(5)); !errors.Is(err, command.ErrStale) {
		t.Errorf("a version that is not there: %v", err)
	}
	first := give(t, l, at("k", 1), cents(5))
	if again := give(t, l, at("k", 1), cents(5)); again != first {
		t.Errorf("a repeat: %+v", again)
	}
	if _, err := l.Do(t.Context(), "none", at("k", 3), cents(5)); !errors.Is(err, errNoTill) {
		t.Errorf("of what nobody created: %v", err)
	}
}

func TestWhatWritesNothingIsAnsweredFromAStrongReadAlone(t *testing.T) {
	mem := withTill(t)
	give(t, newLoop(mem), client("pay"), cents(5))
	give(t, newLoop(mem), client("shut"), shut{})
	for sees := range 3 {
		l := newLoop(stale{Store: mem, sees: sees})
		if _, err := l.Do(t.Context(), "a", client("k"), cents(1)); !errors.Is(err, errClosed) {
			t.Errorf("seeing %d: a refusal: %v", sees, err)
		}
		got := give(t, l, client("again"), shut{})
		if want := (answer{State: till{Sum: 5, Open: true, Closed: true}, Version: 3}); got != want {
			t.Errorf("seeing %d: nothing left to do: %+v", sees, got)
		}
		r := client("match")
		r.IfMatch = new(eventstore.Version(2))
		if _, err := l.Do(t.Context(), "a", r, shut{}); !errors.Is(err, command.ErrStale) {
			t.Errorf("seeing %d: stale: %v", sees, err)
		}
		if again := give(t, l, client("pay"), cents(5)); again.Version != 2 {
			t.Errorf("seeing %d: a repeat: %+v", sees, again)
		}
	}
	if n := len(commits(mem, "a")); n != 3 {
		t.Errorf("%d commits", n)
	}
}

func TestTheLoopFindsItsOwnCommitWhoseReplyWasLost(t *testing.T) {
	for _, later := range []int{0, 1, 19} {
		mem := withTill(t)
		lost := errors.New("reply lost")
		l := newLoop(&forgetful{Store: mem, fault: func() error { return lost }})
		if _, err := l.Do(t.Context(), "a", client("k"), cents(5)); !errors.Is(err, lost) {
			t.Fatalf("got %v", err)
		}
		for i := range later {
			give(t, newLoop(mem), client(fmt.Sprint(i)), cents(1))
		}
		for sees := range later + 3 {
			got := give(t, newLoop(stale{Store: mem, sees: sees}), client("k"), cents(5))
			if want := (answer{State: till{Sum: 5, Open: true}, Version: 2, Written: true}); got != want {
				t.Errorf("%d later, seeing %d: %+v, want %+v", later, sees, got, want)
			}
		}
	}
}

func TestCommandsOnOneStreamTakeTurns(t *testing.T) {
	s := &counted{Store: withTill(t)}
	l := newLoop(s)
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() { give(t, l, command.Request{}, cents(1)) })
	}
	wg.Wait()
	if sum := give(t, l, client("end"), shut{}).State.Sum; sum != 100 || s.conflicts.Load() != 0 {
		t.Errorf("sum %d, %d conflicts", sum, s.conflicts.Load())
	}
}

func TestTwentyEqualRequestsAtOnceGetTwentyEqualAnswers(t *testing.T) {
	mem := withTill(t)
	var mu sync.Mutex
	answers := map[answer]int{}
	var wg sync.WaitGroup
	for range 20 { // each from a process of its own
		wg.Go(func() {
			a := give(t, newLoop(mem), client("k"), cents(5))
			mu.Lock()
			defer mu.Unlock()
			answers[a]++
		})
	}
	wg.Wait()
	if want := (answer{State: till{Sum: 5, Open: true}, Version: 2, Written: true}); answers[want] != 20 {
		t.Errorf("got %v", answers)
	}
}

func TestAnEventNobodyKnowsIsAFaultAndNeverSkipped(t *testing.T) {
	mem := withTill(t)
	end := commits(mem, "a")[0].End()
	strange := eventstore.Commit{Events: []eventstore.Event{{Type: "till.burnt.v1", Data: []byte(`{}`)}}, Command: eventstore.CommandID{Key: "x"}}
	if _, err := mem.Append(t.Context(), streamOf("a"), end, strange); err != nil {
		t.Fatal(err)
	}
	_, err := newLoop(mem).Do(t.Context(), "a", client("k"), cents(5))
	if want := `t/till/a at version 2: event type "till.burnt.v1" is unknown to this program`; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}
