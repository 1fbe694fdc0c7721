package domain

// An Aggregate says how one kind of stream is read and written: S is folded from
// its events E.
type Aggregate[S any, E Event[S]] struct {
	// Category names the kind of stream: "order".
	Category string
	// Events reads and writes its events.
	Events *Registry[E]
	// Schema is the version of S as JSON, from 1. Raise it whenever S changes:
	// a snapshot of another schema is passed over, never trusted.
	Schema int
}
