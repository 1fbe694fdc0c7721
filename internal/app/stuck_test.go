package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/daybook-es/daybook/internal/app"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/fulfilment/sandbox"
	"github.com/daybook-es/daybook/pkg/httpapi"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/fulfilments"
	"github.com/daybook-es/daybook/pkg/readmodel/orderdetails"
	"github.com/daybook-es/daybook/pkg/readmodel/orderlist"
	"github.com/daybook-es/daybook/pkg/readmodel/sales"
	"github.com/daybook-es/daybook/pkg/readmodel/stocklevels"
	"github.com/daybook-es/daybook/pkg/saga"
)

// deaf is a gateway that charges, and gives nothing back.
type deaf struct{ fulfilment.Gateway }

func (deaf) Undo(_ context.Context, key string) (*domain.Money, error) {
	return nil, fmt.Errorf("taking back %s: %w", key, saga.ErrUnavailable)
}

// A model is the program without what takes real time: no file, no address, no
// feed. Its retries go on for an hour.
type model struct {
	t     *testing.T
	store *memstore.Store
	rows  *boltstore.Views
	views []projection.View
	log   bytes.Buffer

	gateway, carrier, notifier sandbox.Memory
}

func newModel(t *testing.T) *model {
	t.Helper()
	m := &model{t: t, store: new(memstore.Store), rows: boltstore.NewViews()}
	m.views = []projection.View{
		orderdetails.New(m.rows, m.store), orderlist.New(m.rows, m.store), stocklevels.New(m.rows, m.store), fulfilments.New(m.rows, m.store), sales.New(m.rows, m.store),
	}
	return m
}

// settled brings the views up to date.
func (m *model) settled(ctx context.Context) error {
	for c, err := range m.store.Scan(ctx, 0, 1) {
		if err != nil {
			return err
		}
		for _, v := range m.views {
			if err := v.Apply(ctx, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// start starts the program with a gateway, as [app.Open] and the sweep do: it
// goes on with all that has not ended, to where nothing is under way any more.
func (m *model) start(gateway fulfilment.Gateway, meanwhile func(api http.Handler)) {
	m.t.Helper()
	logger := slog.New(slog.NewTextHandler(&m.log, nil))
	world := fulfilment.NewWorld(m.store, app.Tenant, gateway, sandbox.Carrier(&m.carrier), sandbox.Notifier(&m.notifier))
	runs := saga.New(fulfilment.Process(world), m.store, app.Tenant, logger)
	meanwhile(httpapi.New(httpapi.Config{
		Tenant: app.Tenant, Orders: world.Orders, Stock: world.Stock, Events: m.store, Views: m.rows, Settled: m.settled, Log: logger,
	}))
	if err := m.settled(m.t.Context()); err != nil {
		m.t.Fatal(err)
	}
	open, _, err := fulfilments.ListOpen(m.t.Context(), m.rows, app.Tenant, readmodel.Place{}, 100)
	if err != nil {
		m.t.Fatal(err)
	}
	for _, run := range open {
		runs.Start(m.t.Context(), run.Run)
	}
	runs.Wait()
}

// see reads what the API says once nothing is under way.
func (m *model) see(path string, into any) {
	m.t.Helper()
	ask(m.t, httpapi.New(httpapi.Config{Tenant: app.Tenant, Events: m.store, Views: m.rows, Settled: m.settled}), http.MethodGet, path, "", into)
}

// ask sends a request that is granted.
func ask(t *testing.T, api http.Handler, method, path, body string, into any) {
	t.Helper()
	r, answer := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body)), httptest.NewRecorder()
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if api.ServeHTTP(answer, r); answer.Code >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, answer.Code, answer.Body)
	}
	if err := json.Unmarshal(answer.Body.Bytes(), into); err != nil {
		t.Fatal(err)
	}
}

func TestARefundThatIsNeverAnsweredIsStuckUntilTheNextStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newModel(t)
		healthy := sandbox.Gateway(&m.gateway)
		order := basket{"tok_ok", "00000", map[string]int{"product-1": 2}}
		var placed written
		m.start(deaf{healthy}, func(api http.Handler) {
			ask(t, api, "POST", "/stock/product-1/receive", `{"quantity":5}`, &written{})
			ask(t, api, "POST", "/orders", order.body(), &placed)
			ask(t, api, "POST", "/orders/"+placed.ID+"/submit", "", &written{})
		})

		const until = "ValidateOrder ReserveStock TakePayment ConfirmOrder ArrangeShipment! BeginCancel CancelShipment RefundPayment"
		var r run
		m.see("/orders/"+placed.ID+"/fulfilment", &r)
		if last := r.Steps[len(r.Steps)-1]; r.Status != "stuck" || r.way() != until+"!" || last.Status != "failed" || last.Attempts != 100 ||
			last.Error == nil || last.Error.Code != "saga.no_answer" || last.Error.Detail != "RefundPayment got no answer" {
			t.Errorf("the run is %s: %s", r.Status, r.way())
		}
		m.is(placed.ID, "cancelling", 5998, 0, 2)
		if m.errors() != 1 || !strings.Contains(m.log.String(), "run="+placed.ID) {
			t.Errorf("the log says %s", &m.log)
		}

		m.start(healthy, func(http.Handler) {})
		m.see("/orders/"+placed.ID+"/fulfilment", &r)
		if r.Status != "compensated" || r.way() != until+" ReleaseStock CancelOrder" {
			t.Errorf("the run is %s: %s", r.Status, r.way())
		}
		m.is(placed.ID, "cancelled", 5998, 5998, 0)
		if m.errors() != 1 {
			t.Errorf("the log says %s", &m.log)
		}

		commits := m.commits()
		m.start(healthy, func(http.Handler) {})
		if again := m.commits(); again != commits {
			t.Errorf("%d commits more at one start more", again-commits)
		}
		entries, err := sandbox.Entries(t.Context(), &m.gateway)
		if err != nil || len(entries) != 1 || entries[0].Done != 1 || entries[0].Undone != 1 {
			t.Errorf("the gateway's book says %+v, %v", entries, err)
		}
	})
}

// is checks what is said of the order of two pieces of five.
func (m *model) is(id, status string, captured, refunded int64, reserved int) {
	m.t.Helper()
	var a account
	m.see("/orders/"+id, &a)
	if a.Status != status || a.Payment.Captured.Amount != captured || a.Payment.Refunded.Amount != refunded ||
		a.CancelReason == nil || *a.CancelReason != "the carrier does not deliver to the address" {
		m.t.Errorf("the order is %+v", a)
	}
	var stock struct{ OnHand, Reserved int }
	if m.see("/stock/product-1", &stock); stock.OnHand != 5 || stock.Reserved != reserved {
		m.t.Errorf("the stock is %+v", stock)
	}
}

func (m *model) errors() int { return strings.Count(m.log.String(), "level=ERROR") }

func (m *model) commits() (n int) {
	for range m.store.Scan(m.t.Context(), 0, 1) {
		n++
	}
	return n
}
