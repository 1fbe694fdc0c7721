package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/httpapi"
)

// broken is a store that does one thing instead of loading.
type broken struct {
	eventstore.Store
	does func() error
}

func (s broken) Load(context.Context, eventstore.StreamID, eventstore.Version, int) ([]eventstore.Commit, error) {
	return nil, s.does()
}

func TestAFaultKeepsItsTextInsideAndIsLoggedOnce(t *testing.T) {
	for what, does := range map[string]func() error{
		"an error": func() error { return errors.New("secret of /var/lib") },
		"a panic":  func() error { panic("secret of /var/lib") },
	} {
		w := newWorld(t, func(c *httpapi.Config) { c.Events = broken{c.Events, does} })
		got := w.do("POST", "/orders", anOrder, "Correlation-Id: c-1")
		got.expect(t, what, http.StatusInternalServerError, "internal", "")
		if strings.Contains(got.body, "secret") {
			t.Errorf("%s comes out: %s", what, got.body)
		}
		if log := w.log.String(); strings.Count(log, "level=ERROR") != 1 || !strings.Contains(log, "secret") || !strings.Contains(log, "correlation=c-1") {
			t.Errorf("%s is logged as %q", what, log)
		}
	}
}

func TestWhatMayPassByItselfIsUnavailable(t *testing.T) {
	for _, cause := range []error{eventstore.ErrUnavailable, context.DeadlineExceeded, context.Canceled} {
		w := newWorld(t, func(c *httpapi.Config) {
			c.Events = broken{c.Events, func() error { return fmt.Errorf("load: %w", cause) }}
		})
		w.do("POST", "/orders", anOrder).expect(t, cause.Error(), http.StatusServiceUnavailable, "store.unavailable", "")
		if w.log.Len() > 0 {
			t.Errorf("%v is logged: %s", cause, w.log.String())
		}
	}
}

// contended is a store on which somebody else always appends first.
type contended struct{ eventstore.Store }

func (contended) Append(_ context.Context, id eventstore.StreamID, at eventstore.Position, _ eventstore.Commit) (eventstore.Commit, error) {
	return eventstore.Commit{}, &eventstore.ConflictError{Stream: id, Expected: at.Version()}
}

func TestAContendedStreamIsAConflict(t *testing.T) {
	w := newWorld(t, func(c *httpapi.Config) { c.Events = contended{c.Events} })
	w.do("POST", "/orders", anOrder).expect(t, "contended", http.StatusConflict, "stream.contended", "")
}

func TestARefusalSaysTheRule(t *testing.T) {
	w := newWorld(t)
	path := w.place()
	w.do("POST", "/orders", strings.Replace(anOrder, "tok_ok", "tok_gold", 1)).expect(t, "an unknown payment", http.StatusUnprocessableEntity, "order.unknown_payment_method", "")
	w.do("POST", "/orders", strings.Replace(anOrder, "tok_ok", "", 1)).expect(t, "an empty payment", http.StatusUnprocessableEntity, "order.unknown_payment_method", "")
	w.do("DELETE", path+"/items/product-1", "").expect(t, "the last item", http.StatusUnprocessableEntity)
	w.do("POST", path+"/deliver", "").expect(t, "not shipped", http.StatusUnprocessableEntity)
	w.do("POST", path+"/items", strings.Replace(anItem, "USD", "EUR", 1)).expect(t, "another currency", http.StatusUnprocessableEntity)
	full := strings.NewReplacer("2999", "1000000000000", `"quantity": 2`, `"quantity": 1000000`).Replace(anOrder)
	many := strings.Replace(full, `[{"productId": "product-1"`, `[`+strings.Repeat(`{"productId": "p%d", "quantity": 1000000, "unitPrice": {"amount": 1000000000000, "currency": "USD"}},`, 20)+`{"productId": "product-1"`, 1)
	for i := range 20 {
		many = strings.Replace(many, "p%d", fmt.Sprint("p", i), 1)
	}
	w.do("POST", "/orders", many).expect(t, "a sum too large", http.StatusUnprocessableEntity, "money.overflow", "")
}

func TestWhatNobodyCreatedIsMissingOnEveryRoute(t *testing.T) {
	w := newWorld(t)
	for _, s := range []struct{ method, path, body, code string }{
		{"POST", "/orders/none/items", anItem, "order.not_placed"},
		{"PUT", "/orders/none/items", `{"items": [` + anItem + `]}`, "order.not_placed"},
		{"DELETE", "/orders/none/items/p", ``, "order.not_placed"},
		{"POST", "/orders/none/submit", ``, "order.not_placed"},
		{"POST", "/orders/none/cancel", `{"reason": "no"}`, "order.not_placed"},
		{"POST", "/orders/none/deliver", ``, "order.not_placed"},
		{"GET", "/orders/none", ``, "order.not_placed"},
		{"GET", "/orders/none?min_version=1", ``, "order.not_placed"},
		{"GET", "/orders/none/events", ``, "order.not_placed"},
		{"GET", "/orders/none/fulfilment", ``, "fulfilment.not_submitted"},
		{"GET", "/stock/none", ``, "stock.not_received"},
		{"GET", "/stock/none?min_version=1", ``, "stock.not_received"},
	} {
		w.do(s.method, s.path, s.body).expect(t, s.method+" "+s.path, http.StatusNotFound, s.code, "")
	}
}
