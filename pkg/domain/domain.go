// Package domain holds what every aggregate of Daybook is made of: events that
// evolve a state, commands that decide which events happen, refusals, money,
// and the registry that keeps whatever was ever stored readable.
//
// It imports the standard library alone. Nothing in it, or in the aggregates
// below it, reads a clock or draws a random number: time, ids and prices are
// fields of the command.
package domain

// An Event has happened to an aggregate whose state is S. The event struct is
// its own stored form: every field is tagged, and once a form was written under
// a wire name it is never edited; see [Upcast].
type Event[S any] interface {
	// EventType is the stable wire name with its version: "order.placed.v1".
	EventType() string
	// Evolve returns the state after the event. It cannot refuse: it has
	// happened. It does not change s, nor a map or slice that s holds.
	Evolve(s S) S
}

// A Command asks an aggregate for something.
type Command[S any, E Event[S]] interface {
	// Decide returns the events that grant the command in state s, or a
	// [*Refusal]. No events and no error: nothing is left to do.
	Decide(s S) ([]E, error)
}

// Repeatable marks a command that adds, so that it is granted each time it is
// given. All others decide nothing more once they were granted. What makes a
// repeatable command happen once is the id under which it is given.
type Repeatable interface{ Repeatable() }

// Fold returns the state after the events, oldest first.
func Fold[S any, E Event[S]](s S, events ...E) S {
	for _, e := range events {
		s = e.Evolve(s)
	}
	return s
}
