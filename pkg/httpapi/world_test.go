package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/httpapi"
)

// A world is the API over a store in memory, as one client sees it.
type world struct {
	t      testing.TB
	store  *memstore.Store
	config httpapi.Config
	api    http.Handler
	log    bytes.Buffer
}

// newWorld returns the API over empty stores. Options change what it is put
// together from.
func newWorld(t testing.TB, options ...func(*httpapi.Config)) *world {
	t.Helper()
	w := &world{t: t, store: new(memstore.Store)}
	views := newViews(w.store)
	w.config = httpapi.Config{
		Tenant:  "shop",
		Events:  w.store,
		Views:   views,
		Settled: views.settled,
		Journal: emptyJournal{},
		Log:     slog.New(slog.NewTextHandler(&w.log, nil)),
	}
	for _, option := range options {
		option(&w.config)
	}
	w.reopen()
	return w
}

// reopen puts the API together again, over what there is.
func (w *world) reopen() {
	w.config.Orders = command.New(w.config.Events, w.config.Tenant, order.Aggregate)
	w.config.Stock = command.New(w.config.Events, w.config.Tenant, stock.Aggregate)
	w.api = httpapi.New(w.config)
}

func over(store eventstore.Store) func(*httpapi.Config) {
	return func(c *httpapi.Config) { c.Events = store }
}

// A reply is an answer, read whole.
type reply struct {
	status int
	header http.Header
	body   string
}

// field returns a member of the body, as text.
func (r reply) field(names ...string) string {
	var v any
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		return err.Error()
	}
	for _, name := range names {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	if s, ok := v.(string); ok {
		return s
	}
	text, _ := json.Marshal(v)
	return string(text)
}

func request(method, target, body string, headers ...string) *http.Request {
	r := httptest.NewRequestWithContext(context.Background(), method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	return r
}

// do sends a request; headers are "Name: value". Every answer, whichever it is,
// is held against the laws that hold for all.
func (w *world) do(method, target, body string, headers ...string) reply {
	w.t.Helper()
	return w.send(request(method, target, body, headers...))
}

func (w *world) send(r *http.Request) reply {
	w.t.Helper()
	var sent []byte
	if r.Body != nil {
		sent, _ = io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(sent))
	}
	rec := httptest.NewRecorder()
	w.api.ServeHTTP(rec, r)
	got := reply{rec.Code, rec.Header(), rec.Body.String()}
	if r.Method == http.MethodHead {
		got.body = ""
	}
	w.obeys(r, sent, got)
	return got
}

// obeys checks the laws of all answers.
func (w *world) obeys(r *http.Request, sent []byte, got reply) {
	w.t.Helper()
	if given := r.Header.Values("Correlation-Id"); len(given) == 1 && got.status < 300 && got.header.Get("Correlation-Id") != given[0] {
		w.t.Errorf("%s %s: correlation %q is not echoed", r.Method, r.URL, given)
	}
	got.lawful(w.t, r.Method, r.URL.String())
	documented(w.t, r, sent, got)
}

// lawful checks what holds for every answer, and for every problem.
func (r reply) lawful(t testing.TB, method, what string) {
	t.Helper()
	h := r.header
	if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Access-Control-Allow-Origin") != "" || h.Get("Correlation-Id") == "" || h.Get("Cache-Control") == "" {
		t.Errorf("%s %s: headers %v", method, what, h)
	}
	if r.status >= 300 && r.status < 400 && r.status != http.StatusNotModified {
		t.Errorf("%s %s: redirects (%d)", method, what, r.status)
	}
	if r.status < 400 {
		return
	}
	if h.Get("Content-Type") != "application/problem+json" || h.Get("Cache-Control") != "no-store" || (r.status == http.StatusServiceUnavailable) != (h.Get("Retry-After") != "") {
		t.Errorf("%s %s: %d with %v", method, what, r.status, h)
	}
	if method != http.MethodHead && (r.field("status") != strconv.Itoa(r.status) || r.field("title") != http.StatusText(r.status) ||
		r.field("type") != "urn:daybook:problem:"+r.field("code") || r.field("detail") == "") {
		t.Errorf("%s %s: %d is no problem: %s", method, what, r.status, r.body)
	}
}

// expect checks status and, of a problem, code and field.
func (r reply) expect(t testing.TB, what string, status int, codeAndField ...string) {
	t.Helper()
	var got []string
	for i, name := range []string{"code", "field"} {
		if i < len(codeAndField) {
			got = append(got, strings.TrimPrefix(r.field(name), "null"))
		}
	}
	if r.status != status || strings.Join(got, " ") != strings.Join(codeAndField, " ") {
		t.Errorf("%s: got %d %s, want %d %v", what, r.status, r.body, status, codeAndField)
	}
}

// nothingWritten checks that the store is as empty as it was.
func (w *world) nothingWritten() {
	w.t.Helper()
	for c := range w.store.Scan(w.t.Context(), 0, 1) {
		w.t.Errorf("%s was written", c.Stream)
	}
}

// anOrder is a body that is right in all its parts; replace changes one of them.
const anOrder = `{
	"customerId": "cust-1",
	"customerEmail": "ada@example.com",
	"items": [{"productId": "product-1", "name": "Lamp", "quantity": 2, "unitPrice": {"amount": 2999, "currency": "USD"}}],
	"shippingAddress": {"name": "Ada", "line1": "1 Main St", "city": "Springfield", "postalCode": "12345", "country": "US"},
	"paymentMethod": "tok_ok"
}`

// anItem is one more item for it.
const anItem = `{"productId": "product-2", "quantity": 1, "unitPrice": {"amount": 500, "currency": "USD"}}`

// place places an order and returns its path.
func (w *world) place(headers ...string) string {
	w.t.Helper()
	got := w.do("POST", "/orders", anOrder, headers...)
	got.expect(w.t, "place", http.StatusCreated)
	return got.header.Get("Location")
}
