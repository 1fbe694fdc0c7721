package events_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/fulfilment/sandbox"
	"github.com/daybook-es/daybook/pkg/publish"
	"github.com/daybook-es/daybook/pkg/saga"
)

// A purchase is an order, and what happens to it.
type purchase struct {
	method, postalCode                 string
	regretted, late, arrived, returned bool
}

// purchases end in all ways in which an order may end.
var purchases = map[string]purchase{
	"delivered":            {method: "tok_ok", arrived: true},
	"returned":             {method: "tok_ok", arrived: true, returned: true},
	"regretted":            {method: "tok_ok", regretted: true},
	"regretted-late":       {method: "tok_ok", late: true},
	"declined":             {method: "tok_declined"},
	"charged-and-silent":   {method: "tok_timeout_after_charge"},
	"nowhere":              {method: "tok_ok", postalCode: "00000"},
	"nowhere-slow-to-give": {method: "tok_refund_flaky", postalCode: "00000"},
}

// A recorder is a bus that keeps what is published.
type recorder struct{ events []json.RawMessage }

// Publish implements [publish.Bus].
func (r *recorder) Publish(_ context.Context, events []publish.Event) ([]int, error) {
	for _, e := range events {
		text, err := json.Marshal(e)
		if err != nil {
			return nil, err
		}
		r.events = append(r.events, text)
	}
	return nil, nil
}

// history returns all that is published of all purchases.
func history(t *testing.T) []json.RawMessage {
	t.Helper()
	published := new(recorder)
	synctest.Test(t, func(t *testing.T) {
		store, quiet := new(memstore.Store), slog.New(slog.DiscardHandler)
		w := fulfilment.NewWorld(store, "main", sandbox.Gateway(new(sandbox.Memory)), sandbox.Carrier(new(sandbox.Memory)), sandbox.Notifier(new(sandbox.Memory)))
		runs := saga.New(fulfilment.Process(w), store, "main", quiet)
		by := command.Request{Actor: "client", Correlation: "call-1"}
		_, err := w.Stock.Do(t.Context(), "product-1", by, stock.Receive{Quantity: 100, At: time.Now().UTC()})
		must(t, err)
		for id, p := range purchases {
			do := func(c order.Command) {
				t.Helper()
				_, err := w.Orders.Do(t.Context(), id, by, c)
				must(t, err)
			}
			do(order.Place{
				CustomerID: "cust-456", PaymentMethod: order.PaymentMethod(p.method), At: time.Now().UTC(),
				Items:     []order.Item{{ProductID: "product-1", Quantity: 2, UnitPrice: domain.Money{Amount: 2999, Currency: "USD"}}},
				Recipient: order.Recipient{Name: "Ada", Line1: "12 St James Sq", City: "London", PostalCode: p.postalCode, Country: "GB"},
			})
			if p.regretted {
				do(order.Cancel{Reason: "Ada has one already", At: time.Now().UTC()})
				continue
			}
			do(order.Submit{At: time.Now().UTC()})
			if p.late {
				do(order.Cancel{Reason: "Ada has one already", At: time.Now().UTC()})
			}
			runs.Start(t.Context(), saga.Run{ID: id, Correlation: "call-1"})
			runs.Wait()
			if p.arrived {
				do(order.Deliver{At: time.Now().UTC()})
			}
			if p.returned {
				do(order.Return{Reason: "Ada does not like it", At: time.Now().UTC()})
			}
		}
		publisher := publish.New(published, quiet, publish.Sources()...)
		for c, err := range store.Scan(t.Context(), 0, 1) {
			must(t, err)
			must(t, publisher.Publish(t.Context(), c))
		}
	})
	return published.events
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
