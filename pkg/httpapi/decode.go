package httpapi

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// A rule reads one value of a body to where it belongs, or says in a problem
// what is wrong with it. A field that no rule names is refused when it is met,
// so no body is read deeper than the rules go, which is far less than the 32
// levels that the wire allows.
type rule func(d *jsontext.Decoder, at jsontext.Pointer) error

// A field of an object. Its names match exactly.
type field struct {
	name     string
	rule     rule
	optional bool
}

func required(name string, r rule) field { return field{name: name, rule: r} }
func optional(name string, r rule) field { return field{name: name, rule: r, optional: true} }

// replaced is what a gateway puts in the place of bytes that are no UTF-8.
const replaced = "\ufffd"

// decode reads a whole body by its rule. jsontext refuses, by default, repeated
// names, invalid UTF-8 and lone surrogates. Behind a gateway nobody can tell text
// that was damaged from one that has the replacement character, so that is
// refused everywhere; as an escape it can be sent.
func decode(body []byte, r rule) error {
	if bytes.Contains(body, []byte(replaced)) {
		return problem(http.StatusBadRequest, "body.malformed", "a character is U+FFFD, which stands for bytes that were no UTF-8; send it as \\ufffd if it is meant")
	}
	d := jsontext.NewDecoder(bytes.NewReader(body))
	if err := r(d, ""); err != nil {
		return err
	}
	_, err := d.ReadToken()
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return syntax(err)
	default:
		return problem(http.StatusBadRequest, "body.malformed", "something follows the JSON value")
	}
}

// expect returns a problem unless a value of this kind comes next.
func expect(d *jsontext.Decoder, at jsontext.Pointer, kind jsontext.Kind, says string) error {
	switch got := d.PeekKind(); got {
	case kind:
		return nil
	case jsontext.KindInvalid, '}', ']': // not a value: the decoder says why
		_, err := d.ReadToken()
		return syntax(err)
	case jsontext.KindNull:
		return invalid(at, "is null; it is %s", says)
	default:
		return invalid(at, "is %s", says)
	}
}

func invalid(at jsontext.Pointer, format string, args ...any) error {
	if at == "" {
		format = "the body " + format
	} else {
		format = "the field " + format
	}
	return problem(http.StatusBadRequest, "field.invalid", format, args...).at(at)
}

func object(fields ...field) rule {
	return func(d *jsontext.Decoder, at jsontext.Pointer) error {
		if err := expect(d, at, jsontext.KindBeginObject, "a JSON object"); err != nil {
			return err
		}
		if _, err := d.ReadToken(); err != nil {
			return syntax(err)
		}
		seen := make(map[string]bool, len(fields))
		for d.PeekKind() != jsontext.KindEndObject {
			token, err := d.ReadToken()
			if err != nil {
				return syntax(err)
			}
			name := token.String()
			i := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
			if i < 0 {
				return problem(http.StatusBadRequest, "field.unknown", "there is no field of this name here").at(at.AppendToken(name))
			}
			if err := fields[i].rule(d, at.AppendToken(name)); err != nil {
				return err
			}
			seen[name] = true
		}
		if _, err := d.ReadToken(); err != nil {
			return syntax(err)
		}
		for _, f := range fields {
			if !f.optional && !seen[f.name] {
				return problem(http.StatusBadRequest, "field.missing", "the field is required").at(at.AppendToken(f.name))
			}
		}
		return nil
	}
}

// list reads an array of least to most elements.
func list[T any](into *[]T, least, most int, element func(*T) rule) rule {
	return func(d *jsontext.Decoder, at jsontext.Pointer) error {
		if err := expect(d, at, jsontext.KindBeginArray, "a JSON array"); err != nil {
			return err
		}
		if _, err := d.ReadToken(); err != nil {
			return syntax(err)
		}
		for d.PeekKind() != jsontext.KindEndArray {
			if len(*into) == most {
				return invalid(at, "has more than %d elements", most)
			}
			var one T
			if err := element(&one)(d, at.AppendToken(strconv.Itoa(len(*into)))); err != nil {
				return err
			}
			*into = append(*into, one)
		}
		if _, err := d.ReadToken(); err != nil {
			return syntax(err)
		}
		if len(*into) < least {
			return invalid(at, "has fewer than %d elements", least)
		}
		return nil
	}
}

// text reads a string of one form.
func text[T ~string](into *T, f form) rule {
	return func(d *jsontext.Decoder, at jsontext.Pointer) error {
		if err := expect(d, at, jsontext.KindString, f.says); err != nil {
			return err
		}
		token, err := d.ReadToken()
		if err != nil {
			return syntax(err)
		}
		if *into = T(token.String()); !f.ok(token.String()) {
			return invalid(at, "is %s", f.says)
		}
		return nil
	}
}

// integer reads a number of plain digits.
func integer(into *int64, least, most int64) rule {
	return func(d *jsontext.Decoder, at jsontext.Pointer) error {
		const says = "a whole number in plain digits, from %d to %d"
		if err := expect(d, at, jsontext.KindNumber, "a number"); err != nil {
			return err
		}
		value, err := d.ReadValue()
		if err != nil {
			return syntax(err)
		}
		n, err := strconv.ParseInt(string(value), 10, 64) // refuses fraction and exponent
		if err != nil || value[0] == '-' || n < least || n > most {
			return invalid(at, "is "+says, least, most)
		}
		*into = n
		return nil
	}
}
