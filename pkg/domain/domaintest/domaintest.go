// Package domaintest tells the stories of an aggregate, given, when, then, and
// checks with each of them the laws that hold for every story.
package domaintest

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
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
// the registry; the state, before and after, survives a snapshot; evolving
// changes nothing that it was handed, nor what it returned before; deciding
// changes nothing; a command that is not granted is refused by a
// [*domain.Refusal]; and a granted one, given again, decides nothing more,
// unless it is [domain.Repeatable].
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
	before := fold(t, a, zero, s.Given)
	was := form(t, before)
	got, err := s.When.Decide(before)
	if !bytes.Equal(form(t, before), was) {
		t.Errorf("%T changes the state that it decides on", s.When)
	}
	if !errors.Is(err, s.Err) {
		t.Fatalf("%T: got error %v, want %v", s.When, err, s.Err)
	}
	if err != nil {
		if _, ok := domain.Refused(err); !ok {
			t.Errorf("%T: %v is no refusal", s.When, err)
		}
		if len(got) > 0 {
			t.Errorf("%T: refused, and decided %v", s.When, got)
		}
		return
	}
	if len(got) != len(s.Then) || len(got) > 0 && !reflect.DeepEqual(got, s.Then) {
		t.Fatalf("%T:\ngot  %+v\nwant %+v", s.When, got, s.Then)
	}
	after := fold(t, a, before, got)
	if _, adds := s.When.(domain.Repeatable); adds {
		return
	}
	if more, err := s.When.Decide(after); len(more) > 0 || err != nil {
		t.Errorf("%T given again: %+v, %v; what was granted decides nothing more", s.When, more, err)
	}
}

// closely is how many of a long story's events are looked at closely, the last
// ones: of thousands, each state is large, and all but one are alike.
const closely = 100

// fold folds, and checks at each event the laws of events and states.
func fold[S any, E domain.Event[S]](t testing.TB, a domain.Aggregate[S, E], s S, events []E) S {
	t.Helper()
	for i, e := range events {
		stored(t, a, e)
		if i < len(events)-closely {
			s = e.Evolve(s)
			continue
		}
		was, next := form(t, s), e.Evolve(s)
		is := form(t, next)
		// The event's neighbours are other futures of the same state: none may
		// write where another one reads.
		for _, other := range events[max(0, i-1):min(i+2, len(events))] {
			other.Evolve(s)
		}
		if !bytes.Equal(form(t, s), was) || !bytes.Equal(form(t, next), is) {
			t.Errorf("%T changes a state that it was handed, or shares what it returns", e)
		} else if !bytes.Equal(form(t, e.Evolve(s)), is) {
			t.Errorf("%T evolves one state into two", e)
		}
		s = next
	}
	var back S
	if err := json.Unmarshal(form(t, s), &back); err != nil || !reflect.DeepEqual(back, s) {
		t.Errorf("the state does not survive a snapshot:\ngot  %+v, %v\nwant %+v", back, err, s)
	}
	return s
}

// stored checks that the event is read back as it was written.
func stored[S any, E domain.Event[S]](t testing.TB, a domain.Aggregate[S, E], e E) {
	t.Helper()
	name, data, err := a.Events.Encode(e)
	if err != nil {
		t.Errorf("%T is not stored: %v", e, err)
		return
	}
	if back, err := a.Events.Decode(name, data); err != nil || !reflect.DeepEqual(back, e) {
		t.Errorf("%T does not survive the registry:\ngot  %+v, %v\nwant %+v", e, back, err, e)
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
