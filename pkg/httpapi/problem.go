package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// A Problem is how every error is answered: RFC 9457, with a code for programs
// and the place of the one wrong field.
type Problem struct {
	Type   string           `json:"type"` // "urn:daybook:problem:" and the code
	Title  string           `json:"title"`
	Status int              `json:"status"`
	Detail string           `json:"detail"`
	Code   string           `json:"code"`            // stable: "order.not_placed"
	Field  jsontext.Pointer `json:"field,omitempty"` // RFC 6901: "/items/0/quantity"

	allow string // of a 405
}

// Error implements error.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

func problem(status int, code, format string, args ...any) *Problem {
	return &Problem{
		Type:   "urn:daybook:problem:" + code,
		Title:  http.StatusText(status),
		Status: status,
		Detail: fmt.Sprintf(format, args...),
		Code:   code,
	}
}

// longestField bounds the pointer that is repeated to the client; a name in it
// may be as long as the body.
const longestField = 200

// at says which field of the body is wrong.
func (p *Problem) at(field jsontext.Pointer) *Problem {
	for len(field) > longestField {
		field = field.Parent()
	}
	p.Field = field
	return p
}

func notFound() *Problem {
	return problem(http.StatusNotFound, "path.unknown", "there is nothing under this path")
}

func notAllowed(allow string) *Problem {
	p := problem(http.StatusMethodNotAllowed, "method.not_allowed", "this path does not know the method")
	p.allow = allow
	return p
}

func behind(format string, args ...any) *Problem {
	return problem(http.StatusServiceUnavailable, "view.behind", format, args...)
}

// problemOf is the one table of error kinds. What is none of them is a fault,
// and its text stays inside.
func problemOf(err error) (p *Problem, fault bool) {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p, false
	}
	if r, ok := domain.Refused(err); ok {
		if r.Missing {
			return problem(http.StatusNotFound, r.Code, "%s", r.Detail), false
		}
		return problem(http.StatusUnprocessableEntity, r.Code, "%s", r.Detail), false
	}
	for _, k := range kinds {
		if errors.Is(err, k.err) {
			return problem(k.status, k.code, "%s", k.detail), false
		}
	}
	return problem(http.StatusInternalServerError, "internal", "the fault is ours and has been recorded"), true
}

var kinds = []struct {
	err          error
	status       int
	code, detail string
}{
	{command.ErrKeyReused, http.StatusUnprocessableEntity, "key.reused", "the Idempotency-Key was used for another request"},
	{command.ErrContended, http.StatusConflict, "stream.contended", "others kept writing first; the same request may be sent again"},
	{command.ErrStale, http.StatusPreconditionFailed, "stream.stale", "it is not at the version that If-Match names"},
	{eventstore.ErrUnavailable, http.StatusServiceUnavailable, "store.unavailable", again},
	{context.DeadlineExceeded, http.StatusServiceUnavailable, "store.unavailable", again},
	{context.Canceled, http.StatusServiceUnavailable, "store.unavailable", again},
}

const again = "the store cannot answer now; the same request with the same Idempotency-Key may be sent again"

// syntax says what is wrong with a body that cannot be read as JSON.
func syntax(err error) error {
	wrong, ok := errors.AsType[*jsontext.SyntacticError](err)
	switch {
	case !ok:
		return problem(http.StatusBadRequest, "body.malformed", "the body ends before it is a whole JSON value")
	case errors.Is(err, jsontext.ErrDuplicateName):
		return problem(http.StatusBadRequest, "field.repeated", "the field is there more than once").at(wrong.JSONPointer)
	default:
		return problem(http.StatusBadRequest, "body.malformed", "the body is not JSON: %s after byte %d",
			strings.TrimPrefix(wrong.Err.Error(), "jsontext: "), wrong.ByteOffset)
	}
}
