package domain

import (
	"errors"
	"fmt"
)

// A Refusal is the domain's no: an answer, final for the state it was given in.
// It is one of the three kinds of error that come out of the core; the others
// are conflicts and faults.
type Refusal struct {
	Code    string // stable, for programs: "order.not_placed"
	Detail  string // for people: the state of the world that forbids it
	Missing bool   // what the command is about was never created
}

// Refuse makes a refusal. Keep it in a variable named after the state of the
// world, such as ErrNotPending.
func Refuse(code, detail string) *Refusal { return &Refusal{Code: code, Detail: detail} }

// RefuseMissing makes the refusal for something that nobody created.
func RefuseMissing(code, detail string) *Refusal {
	return &Refusal{Code: code, Detail: detail, Missing: true}
}

// Error implements error.
func (r *Refusal) Error() string { return r.Detail }

// Is reports whether target is a refusal of the same code, whatever its detail.
func (r *Refusal) Is(target error) bool {
	t, ok := target.(*Refusal)
	return ok && t.Code == r.Code
}

// With returns the refusal with particulars added to its detail: which product,
// how many. It is still the same refusal to [errors.Is].
func (r *Refusal) With(format string, args ...any) *Refusal {
	c := *r
	c.Detail += ": " + fmt.Sprintf(format, args...)
	return &c
}

// Refused returns the refusal that err is or wraps.
func Refused(err error) (*Refusal, bool) { return errors.AsType[*Refusal](err) }
