package domain

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// Typed is what a registry needs of an event.
type Typed interface{ EventType() string }

// A Registry writes the events of one aggregate and reads them back. Whatever
// the aggregate ever stored, under whatever name, stays readable through it.
// A registry is not changed after it was built, so it needs no lock.
type Registry[E Typed] struct {
	forms map[string]form[E]
}

type form[E Typed] struct {
	goType reflect.Type // nil for a form that is only read
	decode func(data []byte) (E, error)
}

// UnknownEventError: a stored event has a type that this program cannot read.
// It is never skipped.
type UnknownEventError struct{ Type string }

// Error implements error.
func (e *UnknownEventError) Error() string {
	return fmt.Sprintf("event type %q is unknown to this program", e.Type)
}

// NewRegistry returns the registry of today's events, given as zero values. Two
// events of one name are a mistake in the program: it panics.
func NewRegistry[E Typed](events ...E) *Registry[E] {
	r := &Registry[E]{forms: make(map[string]form[E], len(events))}
	for _, e := range events {
		t := reflect.TypeOf(e)
		r.add(e.EventType(), form[E]{goType: t, decode: func(data []byte) (E, error) {
			v := reflect.New(t)
			err := json.Unmarshal(data, v.Interface())
			return v.Elem().Interface().(E), err
		}})
	}
	return r
}

// An Upcaster reads a form that is no longer written.
type Upcaster[E Typed] struct {
	name   string
	decode func(data []byte) (E, error)
}

// Upcast reads what was stored under an old name: old is the struct of that
// day, f makes today's event of it.
func Upcast[Old any, E Typed](name string, f func(Old) E) Upcaster[E] {
	return Upcaster[E]{name: name, decode: func(data []byte) (E, error) {
		var old Old
		if err := json.Unmarshal(data, &old); err != nil {
			var none E
			return none, err
		}
		return f(old), nil
	}}
}

// With adds the old forms and returns r. It panics on a name already taken.
func (r *Registry[E]) With(old ...Upcaster[E]) *Registry[E] {
	for _, u := range old {
		r.add(u.name, form[E]{decode: u.decode})
	}
	return r
}

func (r *Registry[E]) add(name string, f form[E]) {
	if _, taken := r.forms[name]; taken || name == "" {
		panic(fmt.Sprintf("domain: event type %q is registered twice or empty", name))
	}
	r.forms[name] = f
}

// Types returns the names that can be read, sorted.
func (r *Registry[E]) Types() []string {
	return slices.Sorted(maps.Keys(r.forms))
}

// Writes reports whether events of a name are written today, so that Decode gives
// one of that type.
func (r *Registry[E]) Writes(name string) bool { return r.forms[name].goType != nil }

// Encode returns the stored form of e. It refuses what it could not read back
// as it is: an event that was not registered, and text that is not UTF-8.
func (r *Registry[E]) Encode(e E) (name string, data []byte, err error) {
	name = e.EventType()
	f, ok := r.forms[name]
	if !ok || f.goType != reflect.TypeOf(e) {
		return "", nil, fmt.Errorf("encode %s: %T is not a registered event of that name", name, e)
	}
	if data, err = json.Marshal(e); err != nil {
		return "", nil, fmt.Errorf("encode %s: %w", name, err)
	}
	if replacesText(data) {
		return "", nil, fmt.Errorf("encode %s: a text is not valid UTF-8", name)
	}
	return name, data, nil
}

// Decode reads a stored event, of today's form or an old one. An unknown name
// is an [*UnknownEventError].
func (r *Registry[E]) Decode(name string, data []byte) (E, error) {
	var none E
	f, ok := r.forms[name]
	if !ok {
		return none, &UnknownEventError{Type: name}
	}
	e, err := f.decode(data)
	if err != nil {
		return none, fmt.Errorf("decode %s: %w", name, err)
	}
	return e, nil
}

// replacesText reports whether encoding/json wrote the escape that stands for
// bytes that were no UTF-8. A U+FFFD that was in the text is written as itself,
// so the unescaped escape gives the loss away.
func replacesText(data []byte) bool {
	for {
		i := bytes.Index(data, []byte(`\ufffd`))
		if i < 0 {
			return false
		}
		slashes := 0
		for i-slashes > 0 && data[i-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return true
		}
		data = data[i+1:]
	}
}
