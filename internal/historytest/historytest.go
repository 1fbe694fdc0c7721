// Package historytest draws what random commands lead to, and holds views against
// it: each is to show what the aggregates, asked one after the other, say of
// themselves. Tests of views in memory and on DynamoDB share it.
//
// All is drawn with rapid, so a failure says the seed with which it comes again.
package historytest

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/payment"
	"github.com/daybook-es/daybook/pkg/domain/restock"
	"github.com/daybook-es/daybook/pkg/domain/shipment"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/saga"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

var memos = domain.Aggregate[saga.Memo, saga.Event]{Category: fulfilment.Category, Events: saga.Events, Schema: 1}

// A Size says how many orders there are, or products, and how often one of them is
// written, or is not because all that is asked of it is refused.
type Size struct {
	Orders      int
	Least, Most int
}

// A History is what random commands have led to: what is stored, and the states
// that the aggregates themselves are in.
type History struct {
	Tally
	Tenant  string
	Store   *memstore.Store
	Commits []eventstore.Commit // in the order in which they were appended

	ids       []string // of orders and products, in order
	orders    map[string]order.State
	placed    map[string]order.Placed
	submitted map[string]submission
	payments  map[string]payment.State
	captured  map[string]time.Time
	refunded  map[string]time.Time // in which something was given back
	shipments map[string]shipment.State
	memos     map[string]saga.Memo
	stock     map[string]stock.State
	returned  map[string]order.Returned
	restocks  map[string]restock.State
	restocked map[string]time.Time
	ends      map[eventstore.StreamID]eventstore.Position
}

// A submission says when an order was submitted, and by which call.
type submission struct {
	at          time.Time
	correlation string
}

// Draw draws a history of a tenant's orders, with their payments, shipments and
// memos, and of as many products.
func Draw(t *rapid.T, tenant string, size Size) *History {
	h := &History{
		Tenant: tenant, Store: new(memstore.Store),
		orders: map[string]order.State{}, placed: map[string]order.Placed{}, submitted: map[string]submission{},
		payments: map[string]payment.State{}, captured: map[string]time.Time{}, refunded: map[string]time.Time{}, shipments: map[string]shipment.State{}, memos: map[string]saga.Memo{},
		stock: map[string]stock.State{}, returned: map[string]order.Returned{}, restocks: map[string]restock.State{}, restocked: map[string]time.Time{}, ends: map[eventstore.StreamID]eventstore.Position{},
	}
	for n := range size.Orders {
		h.ids = append(h.ids, fmt.Sprint(n+1))
	}
	slices.Sort(h.ids)
	for i := range rapid.IntRange(size.Least, size.Most).Draw(t, "commits") {
		now := noon.Add(time.Duration(rapid.IntRange(-2, 2).Draw(t, "clock")+i) * time.Minute)
		id := rapid.SampledFrom(h.ids).Draw(t, "id")
		switch rapid.SampledFrom([]string{"order", "order", "order", "payment", "shipment", "memo", "stock", "restock"}).Draw(t, "category") {
		case "order":
			h.extendOrder(t, id, now)
		case "payment":
			h.extendPayment(t, id, now)
		case "shipment":
			h.shipments[id], _ = extend(t, h, shipment.Aggregate, id, h.shipments[id], func() shipment.Command { return shipmentCommand(t, now) })
		case "memo":
			h.memos[id], _ = extend(t, h, memos, id, h.memos[id], func() domain.Command[saga.Memo, saga.Event] { return endOfAStep(t, now) })
		case "restock":
			var events []restock.Event
			h.restocks[id], events = extend(t, h, restock.Aggregate, id, h.restocks[id], func() restock.Command { return restockCommand(t, now) })
			for _, e := range events {
				if ended, ok := e.(restock.Ended); ok {
					h.restocked[id] = ended.At
				}
			}
		case "stock":
			h.stock[id], _ = extend(t, h, stock.Aggregate, id, h.stock[id], func() stock.Command { return h.stockCommand(t, now) })
		}
	}
	return h
}

func (h *History) extendOrder(t *rapid.T, id string, now time.Time) {
	s, events := extend(t, h, order.Aggregate, id, h.orders[id], func() order.Command { return orderCommand(t, now) })
	h.orders[id] = s
	for _, e := range events {
		switch e := e.(type) {
		case order.Placed:
			h.placed[id] = e
		case order.Returned:
			h.returned[id] = e
		case order.Submitted:
			h.submitted[id] = submission{e.At, h.Commits[len(h.Commits)-1].Command.Key}
		}
	}
}

// extendPayment pays on any day: sales are told apart by it.
func (h *History) extendPayment(t *rapid.T, id string, now time.Time) {
	s, events := extend(t, h, payment.Aggregate, id, h.payments[id], func() payment.Command {
		return paymentCommand(t, now.AddDate(0, 0, rapid.IntRange(0, 40).Draw(t, "day")))
	})
	h.payments[id] = s
	for _, e := range events {
		switch e := e.(type) {
		case payment.Captured:
			h.captured[id] = e.At
		case payment.Refunded:
			if (e.Amount != domain.Money{}) {
				h.refunded[id] = e.At
			}
		}
	}
}

// extend asks a few times for something, and appends what that leads to as
// one commit.
func extend[S any, E domain.Event[S]](t *rapid.T, h *History, a domain.Aggregate[S, E], id string, s S, draw func() domain.Command[S, E]) (S, []E) {
	var all []E
	c := eventstore.Commit{At: noon, Command: eventstore.CommandID{Key: fmt.Sprint(len(h.Commits))}}
	for range rapid.IntRange(1, 6).Draw(t, "commands") {
		for _, e := range decided(h, s, draw) {
			name, data, err := a.Events.Encode(e)
			if err != nil {
				t.Fatal(err)
			}
			c.Events = append(c.Events, eventstore.Event{Type: name, Data: data, Correlation: c.Command.Key})
			s, all = domain.Fold(s, e), append(all, e)
		}
	}
	if len(all) == 0 {
		return s, nil
	}
	stream := eventstore.StreamID{Tenant: h.Tenant, Category: a.Category, ID: id}
	end, ok := h.ends[stream]
	if !ok {
		end = eventstore.NoStream(stream)
	}
	c, err := h.Store.Append(context.Background(), stream, end, c)
	if err != nil {
		t.Fatal(err)
	}
	h.ends[stream], h.Commits = c.End(), append(h.Commits, c)
	h.Written++
	return s, all
}

// patience is how many commands are given, of which one is to be accepted.
const patience = 4

func decided[S any, E domain.Event[S]](h *History, s S, draw func() domain.Command[S, E]) []E {
	for range patience {
		switch events, err := draw().Decide(s); {
		case err != nil:
			h.Refused++
		case len(events) == 0:
			h.Idle++
		default:
			h.Accepted++
			return events
		}
	}
	return nil
}

// Streams returns all that something was appended to.
func (h *History) Streams() iter.Seq[eventstore.StreamID] { return maps.Keys(h.ends) }

// version is that of a stream, 0 where there is none.
func (h *History) version(category, id string) eventstore.Version {
	return h.ends[eventstore.StreamID{Tenant: h.Tenant, Category: category, ID: id}].Version()
}
