// Package domaintest tells the stories of an aggregate, given, when, then, and
// checks with each of them the laws that hold for every story.
package domaintest

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/daybook-es/daybook/pkg/domain"
)

// A Story says what a command leads to after some events. Then is whole and in
// order; Err is compared by [errors.Is], so a refusal by its code.
type Story[S any, E domain.Event[S]] struct {
	Name  string
	Given []E
	When  domain.Command[S, E]
	Then  []E
	Err   error
}

// Tell runs each story as a subtest, and checks its laws: every event survives
// the registry, the state survives a snapshot, evolving does not change what it
// was handed, and a granted command, given again, decides nothing more, unless
// it is [domain.Repeatable].
func Tell[S any, E domain.Event[S]](t *testing.T, a domain.Aggregate[S, E], stories []Story[S, E]) {
	t.Helper()
	for _, s := range stories {
		t.Run(s.Name, func(t *testing.T) { Check(t, a, s) })
	}
}

// Check tells one story to t.
func Check[S any, E domain.Event[S]](t testing.TB, a domain.Aggregate[S, E], s Story[S, E]) {
	t.Helper()
	var zero S
	before := evolve(t, zero, s.Given)
	got, err := s.When.Decide(before)
	if !errors.Is(err, s.Err) || s.Err == nil && err != nil {
		t.Fatalf("%T: got error %v, want %v", s.When, err, s.Err)
	}
	if err != nil {
		if len(got) > 0 {
			t.Fatalf("%T: refused, and decided %v", s.When, got)
		}
		return
	}
	if len(got) != len(s.Then) || len(got) > 0 && !reflect.DeepEqual(got, s.Then) {
		t.Fatalf("%T:\ngot  %+v\nwant %+v", s.When, got, s.Then)
	}
	after := evolve(t, before, got)
	survives(t, a, slices.Concat(s.Given, got), after)
	if _, adds := s.When.(domain.Repeatable); adds {
		return
	}
	if more, err := s.When.Decide(after); len(more) > 0 || err != nil {
		t.Errorf("%T given again: %+v, %v; what was granted decides nothing more", s.When, more, err)
	}
}

// evolve folds, and checks that no event changes the state that it was handed.
func evolve[S any, E domain.Event[S]](t testing.TB, s S, events []E) S {
	t.Helper()
	for _, e := range events {
		before := form(t, s)
		next := e.Evolve(s)
		if again := e.Evolve(s); !bytes.Equal(form(t, next), form(t, again)) || !bytes.Equal(before, form(t, s)) {
			t.Errorf("%T changes the state that it was handed", e)
		}
		s = next
	}
	return s
}

// survives checks that events and state are read back as they were written.
func survives[S any, E domain.Event[S]](t testing.TB, a domain.Aggregate[S, E], events []E, state S) {
	t.Helper()
	for _, e := range events {
		name, data, err := a.Events.Encode(e)
		if err != nil {
			t.Errorf("%T is not stored: %v", e, err)
			continue
		}
		if back, err := a.Events.Decode(name, data); err != nil || !reflect.DeepEqual(back, e) {
			t.Errorf("%T does not survive the registry: %+v, %v", e, back, err)
		}
	}
	var back S
	if err := json.Unmarshal(form(t, state), &back); err != nil || !reflect.DeepEqual(back, state) {
		t.Errorf("the state does not survive a snapshot:\ngot  %+v, %v\nwant %+v", back, err, state)
	}
}

func form(t testing.TB, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("%T has no stored form: %v", v, err)
	}
	return data
}

// Golden pins the stored form of each event for ever. Every name that the
// registry reads has a file <name>.json in dir; one of today's events, given in
// examples, is stored as its file says, and each file is still read.
func Golden[S any, E domain.Event[S]](t testing.TB, a domain.Aggregate[S, E], dir string, examples ...E) {
	t.Helper()
	for _, e := range examples {
		name, data, err := a.Events.Encode(e)
		if err != nil {
			t.Errorf("%T is not stored: %v", e, err)
			continue
		}
		pinned, err := os.ReadFile(filepath.Join(dir, name+".json"))
		if err != nil {
			t.Errorf("%s has no golden file; if its form is what shall be kept for ever, write\n%s", name, data)
			continue
		}
		if !bytes.Equal(bytes.TrimSpace(pinned), data) {
			t.Errorf("the form of %s is pinned, and has changed; give the new one a name of its own and an upcaster\ngot    %s\npinned %s", name, data, pinned)
		}
	}
	for _, name := range a.Events.Types() {
		pinned, err := os.ReadFile(filepath.Join(dir, name+".json"))
		if err != nil {
			t.Errorf("%s can be read, and has no golden file", name)
			continue
		}
		if _, err := a.Events.Decode(name, pinned); err != nil {
			t.Errorf("%s is no longer read: %v", name, err)
		}
	}
}

// Fuzz is the body of a fuzz target: whatever is read from data is written and
// read again as the same event, and can be folded; all else is an error, never
// a panic.
func Fuzz[S any, E domain.Event[S]](t testing.TB, a domain.Aggregate[S, E], name string, data []byte) {
	t.Helper()
	e, err := a.Events.Decode(name, data)
	if err != nil {
		return
	}
	var zero S
	e.Evolve(zero)
	name, data, err = a.Events.Encode(e)
	if err != nil {
		return // a text that is not UTF-8, or a time that JSON cannot write
	}
	if back, err := a.Events.Decode(name, data); err != nil || !bytes.Equal(form(t, back), form(t, e)) {
		t.Errorf("%s: %s is read as %+v, %v", name, data, back, err)
	}
}
