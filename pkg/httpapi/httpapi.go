// Package httpapi is Daybook over HTTP: orders and stock, written by commands
// and read from views, and how each order's fulfilment goes and what was sold,
// which are read alone; as one [http.Handler] that serves the embedded run, the functions and
// the tests.
//
// It decides nothing. What is malformed it answers itself, with a problem that
// names the field; all else it hands to the core, and says what came of it.
package httpapi

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"

	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/journal"
	"github.com/daybook-es/daybook/pkg/readmodel/search"
)

// A Config is what the API is put together from. All fields but Actor, Settled,
// Searchable, Ready and Log are needed.
type Config struct {
	Tenant string // whose orders and stock these are; no header chooses it
	Orders *command.Loop[order.State, order.Event]
	Stock  *command.Loop[stock.State, stock.Event]
	Events eventstore.Store
	Views  readmodel.Store
	Search search.Index
	// Journal is everything that happened to the tenant.
	Journal journal.Store
	// Live returns where the WebSocket of the live flow is: its address, for who
	// asks, or a path of the API. nil: there is none.
	Live func(context.Context) (string, error)
	// System returns how what keeps the views stands. Of what is parked nobody asks
	// for more than the newest so many.
	System func(ctx context.Context, parked int) (System, error)
	// Actor says who sent a request, as those know who serve the API; empty, and
	// nil: [Client].
	Actor func(*http.Request) string
	// Settled returns when the views hold what was committed when it was called,
	// or with the context. nil: reads do not wait.
	Settled func(context.Context) error
	// Searchable does so for the index. nil: a search does not wait. What it still
	// does not hold after that time, a search does not leave out: it answers 503.
	Searchable func(context.Context) error
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
	routes     []route
	statistics kept
}

// An answer is what a route says when nothing is wrong.
type answer struct {
	status         int
	etag, location string
	cache          string // Cache-Control; empty: no-store
	body           []byte // JSON
}

// ServeHTTP implements [http.Handler].
func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	correlation, wrong := correlationOf(r.Header)
	got, err := a.answer(w, r, correlation, wrong)
	a.reply(w, r, got, err, correlation)
}

// Fault answers a request as the API does when the fault is ours, and logs err.
// It is for who serves the API, where something fails around it.
func Fault(w http.ResponseWriter, r *http.Request, err error, log *slog.Logger) {
	correlation, _ := correlationOf(r.Header)
	(&api{Config: Config{Log: log}}).reply(w, r, answer{}, err, correlation)
}

// NotAllowed answers a method that a path does not know as the API does. It is
// for who serves paths beside it.
func NotAllowed(w http.ResponseWriter, r *http.Request, allow string) {
	correlation, _ := correlationOf(r.Header)
	new(api).reply(w, r, answer{}, notAllowed(allow), correlation)
}

// Refuse answers a request with a problem as the API does. It is for who serves
// paths beside it.
func Refuse(w http.ResponseWriter, r *http.Request, status int, code, detail string) {
	correlation, _ := correlationOf(r.Header)
	new(api).reply(w, r, answer{}, problem(status, code, "%s", detail), correlation)
}

func (a *api) reply(w http.ResponseWriter, r *http.Request, got answer, err error, correlation string) {
	h := w.Header()
	if err != nil {
		got = a.refuse(r.Context(), h, err, correlation)
	}
	h.Set("Cache-Control", cmp.Or(got.cache, cacheNever))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Correlation-Id", correlation)
	if got.status != http.StatusNotModified {
		h.Set("Content-Length", strconv.Itoa(len(got.body)))
		if err == nil {
			h.Set("Content-Type", "application/json")
		}
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
	c := &call{w: w, r: r, route: route, ids: ids, query: q, correlation: correlation, tenant: a.Tenant, actor: Client}
	if a.Actor != nil {
		c.actor = cmp.Or(a.Actor(r), Client)
	}
	if route.method != http.MethodGet {
		if len(r.Header.Values("If-None-Match")) > 0 {
			return answer{}, badHeader("If-None-Match: it is for reads; a write takes If-Match")
		}
		return route.serve(c)
	}
	has, err := ifNoneMatchOf(r.Header)
	if err != nil {
		return answer{}, err
	}
	if got, err = route.serve(c); err == nil && has.met(got.etag) {
		got.status, got.body = http.StatusNotModified, nil
	}
	return got, err
}

// refuse answers an error. It is where faults end, so it is where they are
// logged.
func (a *api) refuse(ctx context.Context, h http.Header, err error, correlation string) answer {
	p, fault := problemOf(err)
	if fault {
		a.Log.ErrorContext(ctx, "request failed", "err", err, "correlation", correlation)
	}
	h.Set("Content-Type", "application/problem+json")
	if p.allow != "" {
		h.Set("Allow", p.allow)
	}
	if p.Status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "1")
	}
	body, err := marshal(p)
	if err != nil {
		panic(fmt.Sprintf("httpapi: a problem has no JSON: %v", err)) // its texts are our own
	}
	return answer{status: p.Status, body: body}
}

// say returns the answer with v as its body.
func say(status int, etag string, v any) (answer, error) {
	body, err := marshal(v)
	return answer{status: status, etag: etag, body: body}, err
}

// marshal leaves alone what only a page of HTML would need escaped.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
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
