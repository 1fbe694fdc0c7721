// Package httpapi is Daybook over HTTP: orders and stock, written by commands
// and read from views, and how each order's fulfilment goes, which is read
// alone; as one [http.Handler] that serves the embedded run, the functions and
// the tests.
//
// It decides nothing. What is malformed it answers itself, with a problem that
// names the field; all else it hands to the core, and says what came of it.
package httpapi

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"

	"github.com/go-json-experiment/json"

	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// A Config is what the API is put together from. All fields but Settled, Ready
// and Log are needed.
type Config struct {
	Tenant string // whose orders and stock these are; no header chooses it
	Orders *command.Loop[order.State, order.Event]
	Stock  *command.Loop[stock.State, stock.Event]
	Events eventstore.Store
	Views  readmodel.Store
	// Settled returns when the views hold what was committed when it was called,
	// or with the context. nil: reads do not wait.
	Settled func(context.Context) error
	// Ready reports whether the program serves. nil: it does.
	Ready func() bool
	// Log gets each fault once. nil: the default logger.
	Log *slog.Logger
}

// New returns the API. Its timeouts, and how many requests it gets at once, are
// the server's affair.
func New(c Config) http.Handler {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	a := &api{Config: c}
	a.routes = a.table()
	return a
}

type api struct {
	Config
	routes []route
}

// An answer is what a route says when nothing is wrong.
type answer struct {
	status         int
	etag, location string
	body           []byte // JSON
}

// ServeHTTP implements [http.Handler].
func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	correlation, wrong := correlationOf(r.Header)
	got, err := a.answer(w, r, correlation, wrong)
	h := w.Header()
	if err != nil {
		got = a.refuse(h, err, correlation)
	}
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Correlation-Id", correlation)
	h.Set("Content-Length", strconv.Itoa(len(got.body)))
	if err == nil {
		h.Set("Content-Type", "application/json")
	}
	if got.etag != "" {
		h.Set("ETag", got.etag)
	}
	if got.location != "" {
		h.Set("Location", got.location)
	}
	w.WriteHeader(got.status)
	_, _ = w.Write(got.body) // a client that has gone is told nothing
}

// answer finds the route and asks it. A panic in it is a fault like any other.
func (a *api) answer(w http.ResponseWriter, r *http.Request, correlation string, wrong error) (got answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	route, ids, err := a.find(r)
	if err != nil {
		return answer{}, err
	}
	q, err := parseQuery(r.URL.RawQuery, route.query)
	if err != nil {
		return answer{}, err
	}
	if wrong != nil {
		return answer{}, wrong
	}
	return route.serve(&call{w: w, r: r, route: route, ids: ids, query: q, correlation: correlation, tenant: a.Tenant})
}

// refuse answers an error. It is where faults end, so it is where they are
// logged.
func (a *api) refuse(h http.Header, err error, correlation string) answer {
	p, fault := problemOf(err)
	if fault {
		a.Log.Error("request failed", "err", err, "correlation", correlation)
	}
	h.Set("Content-Type", "application/problem+json")
	if p.allow != "" {
		h.Set("Allow", p.allow)
	}
	if p.Status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "1")
	}
	body, err := json.Marshal(p)
	if err != nil {
		panic(fmt.Sprintf("httpapi: a problem has no JSON: %v", err)) // its texts are our own
	}
	return answer{status: p.Status, body: body}
}

// say returns the answer with v as its body.
func say(status int, etag string, v any) (answer, error) {
	body, err := json.Marshal(v)
	return answer{status: status, etag: etag, body: body}, err
}

// correlationOf returns the client's Correlation-Id, or a new one where there
// is none; also beside an error, when the client's cannot be used.
func correlationOf(h http.Header) (string, error) {
	given := h.Values("Correlation-Id")
	switch {
	case len(given) == 0:
		return rand.Text(), nil
	case len(given) == 1 && printable(given[0], '!', 128):
		return given[0], nil
	default:
		return rand.Text(), badHeader("Correlation-Id: one of 1 to 128 printable ASCII characters without a space")
	}
}

func badHeader(says string) error {
	return problem(http.StatusBadRequest, "header.invalid", "%s", says)
}
