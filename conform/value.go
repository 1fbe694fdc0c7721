package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// A body is a JSON object that is sent.
type body map[string]any

// String returns it as JSON.
func (b body) String() string { return canonical(b) }

const here = "@@here@@"

// with returns the body with raw text, which need not be JSON, as the value at
// the pointer.
func (b body) with(pointer, raw string) string {
	v, _ := parse(b.String())
	return strings.Replace(canonical(set(v, pointer, here, false)), `"`+here+`"`, raw, 1)
}

// without returns the body without the field at the pointer.
func (b body) without(pointer string) string {
	v, _ := parse(b.String())
	return canonical(set(v, pointer, nil, true))
}

func set(v any, pointer string, to any, remove bool) any {
	cut := strings.LastIndex(pointer, "/")
	name := unescape(pointer[cut+1:])
	switch parent := lookup(v, pointer[:cut]).(type) {
	case map[string]any:
		if parent[name] = to; remove {
			delete(parent, name)
		}
	case []any:
		i, err := strconv.Atoi(name)
		if err != nil {
			panic(err)
		}
		parent[i] = to
	default:
		panic(fmt.Sprintf("nothing at %s to change", pointer))
	}
	return v
}

// lookup follows a JSON pointer (RFC 6901); nil: there is nothing.
func lookup(v any, pointer string) any {
	if pointer == "" {
		return v
	}
	for name := range strings.SplitSeq(pointer[1:], "/") {
		switch parent := v.(type) {
		case map[string]any:
			v = parent[unescape(name)]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(parent) {
				return nil
			}
			v = parent[i]
		default:
			return nil
		}
	}
	return v
}

func unescape(name string) string { return strings.NewReplacer("~1", "/", "~0", "~").Replace(name) }

// parse reads one JSON value, its numbers digit by digit.
func parse(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("something follows the JSON value")
	}
	return v, nil
}

// canonical returns v as JSON with its names in order, so that equal values are
// equal texts.
func canonical(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// quote returns a text as a JSON string.
func quote(text string) string { return canonical(text) }

// objects calls f with every object in v.
func objects(v any, f func(map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		f(v)
		for _, member := range v {
			objects(member, f)
		}
	case []any:
		for _, element := range v {
			objects(element, f)
		}
	}
}
