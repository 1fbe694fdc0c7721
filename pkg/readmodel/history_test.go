package readmodel_test

import (
	"context"
	"fmt"
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

// A history is what random commands have led to: what is stored, and the states
// that the aggregates themselves are in.
type history struct {
	commands  int // given, refused or not
	store     *memstore.Store
	commits   []eventstore.Commit
	orders    map[string]order.State
	placed    map[string]time.Time
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

// aHistory draws one of a few orders, with their payments, shipments and memos,
// and of a few products.
func aHistory(t *rapid.T) *history {
	h := &history{
		store: new(memstore.Store), orders: map[string]order.State{}, placed: map[string]time.Time{}, submitted: map[string]submission{},
		payments: map[string]payment.State{}, captured: map[string]time.Time{}, refunded: map[string]time.Time{}, shipments: map[string]shipment.State{}, memos: map[string]saga.Memo{},
		stock: map[string]stock.State{}, returned: map[string]order.Returned{}, restocks: map[string]restock.State{}, restocked: map[string]time.Time{}, ends: map[eventstore.StreamID]eventstore.Position{},
	}
	for i := range rapid.IntRange(1, 60).Draw(t, "commits") {
		now := noon.Add(time.Duration(rapid.IntRange(-2, 2).Draw(t, "clock")+i) * time.Minute)
		id := fmt.Sprint(rapid.IntRange(1, 3).Draw(t, "id"))
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
			h.stock[id], _ = extend(t, h, stock.Aggregate, id, h.stock[id], func() stock.Command { return stockCommand(t, now) })
		}
	}
	return h
}

func (h *history) extendOrder(t *rapid.T, id string, now time.Time) {
	s, events := extend(t, h, order.Aggregate, id, h.orders[id], func() order.Command { return orderCommand(t, now) })
	h.orders[id] = s
	for _, e := range events {
		switch e := e.(type) {
		case order.Placed:
			h.placed[id] = e.At
		case order.Returned:
			h.returned[id] = e
		case order.Submitted:
			h.submitted[id] = submission{e.At, h.commits[len(h.commits)-1].Command.Key}
		}
	}
}

// extendPayment pays on any day: sales are told apart by it.
func (h *history) extendPayment(t *rapid.T, id string, now time.Time) {
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

// extend gives up to three commands and appends what they lead to as one commit.
func extend[S any, E domain.Event[S]](t *rapid.T, h *history, a domain.Aggregate[S, E], id string, s S, draw func() domain.Command[S, E]) (S, []E) {
	var all []E
	c := eventstore.Commit{At: noon, Command: eventstore.CommandID{Key: fmt.Sprint(len(h.commits))}}
	for range rapid.IntRange(1, 3).Draw(t, "commands") {
		h.commands++
		events, err := draw().Decide(s)
		if err != nil {
			continue
		}
		for _, e := range events {
			name, data, err := a.Events.Encode(e)
			if err != nil {
				t.Fatal(err)
			}
			c.Events = append(c.Events, eventstore.Event{Type: name, Data: data, Correlation: c.Command.Key})
		}
		s, all = domain.Fold(s, events...), append(all, events...)
	}
	if len(all) == 0 {
		return s, nil
	}
	stream := eventstore.StreamID{Tenant: "t", Category: a.Category, ID: id}
	end, ok := h.ends[stream]
	if !ok {
		end = eventstore.NoStream(stream)
	}
	c, err := h.store.Append(context.Background(), stream, end, c)
	if err != nil {
		t.Fatal(err)
	}
	h.ends[stream], h.commits = c.End(), append(h.commits, c)
	return s, all
}

func orderCommand(t *rapid.T, now time.Time) order.Command {
	item := func() order.Item {
		return order.Item{
			ProductID: order.ProductID(rapid.SampledFrom([]string{"p-1", "p-2", "p-3"}).Draw(t, "product")),
			Name:      rapid.SampledFrom([]string{"", "Lamp"}).Draw(t, "name"),
			Quantity:  rapid.Int64Range(1, 3).Draw(t, "quantity"),
			UnitPrice: domain.Money{Amount: 100, Currency: rapid.SampledFrom([]domain.Currency{"USD", "USD", "EUR"}).Draw(t, "currency")},
		}
	}
	commands := []func() order.Command{
		func() order.Command {
			// At noon, or about the midnight at which the day ends.
			now := now.Add(time.Duration(rapid.IntRange(0, 1).Draw(t, "half days")) * 12 * time.Hour)
			return order.Place{
				CustomerID: order.CustomerID(rapid.SampledFrom([]string{"ada", "bob"}).Draw(t, "customer")), Items: []order.Item{item()},
				Recipient: order.Recipient{Name: "Ada", Email: rapid.SampledFrom([]string{"", "ada@example.com"}).Draw(t, "email")}, PaymentMethod: "tok_ok", At: now,
			}
		},
		func() order.Command { return order.AddItem{Item: item(), At: now} },
		func() order.Command { return order.RemoveItem{ProductID: item().ProductID, At: now} },
		func() order.Command { return order.ReplaceItems{Items: []order.Item{item()}, At: now} },
		func() order.Command { return order.Submit{At: now} },
		func() order.Command { return order.BeginCancel{Reason: "late", At: now} },
		func() order.Command { return order.Cancel{Reason: "changed my mind", At: now} },
		func() order.Command { return order.EndCancel{At: now} },
		func() order.Command {
			return order.Confirm{Payment: domain.Money{Amount: 100 * rapid.Int64Range(1, 3).Draw(t, "paid"), Currency: "USD"}, At: now}
		},
		func() order.Command { return order.Ship{TrackingNumber: "T-1", At: now} },
		func() order.Command { return order.Deliver{At: now} },
		func() order.Command { return order.Return{Reason: "it wobbles", At: now} },
	}
	return rapid.SampledFrom(commands).Draw(t, "command")()
}

func paymentCommand(t *rapid.T, now time.Time) payment.Command {
	amount := domain.Money{
		Amount: 100 * rapid.Int64Range(0, 2).Draw(t, "amount"), Currency: rapid.SampledFrom([]domain.Currency{"USD", "USD", "EUR"}).Draw(t, "currency"),
	}
	return rapid.SampledFrom([]payment.Command{
		payment.Take{Amount: amount, Method: "tok_ok", At: now},
		payment.Capture{Amount: amount, At: now},
		payment.Decline{Code: "card_declined", Reason: "no", At: now},
		payment.Refund{At: now},
		payment.Refund{Charged: amount, At: now},
	}).Draw(t, "command")
}

func restockCommand(t *rapid.T, now time.Time) restock.Command {
	return rapid.SampledFrom([]restock.Command{
		restock.Begin{Goods: []restock.Goods{{ProductID: "p-1", Quantity: 1, Since: 1}}, At: now},
		restock.End{At: now},
	}).Draw(t, "command")
}

func shipmentCommand(t *rapid.T, now time.Time) shipment.Command {
	return rapid.SampledFrom([]shipment.Command{
		shipment.Arrange{TrackingNumber: "T-1", At: now},
		shipment.Dispatch{At: now},
		shipment.Cancel{At: now},
		shipment.Cancel{TrackingNumber: "T-1", At: now},
	}).Draw(t, "command")
}

// endOfAStep is any, whether a run could come to it or not.
func endOfAStep(t *rapid.T, now time.Time) domain.Command[saga.Memo, saga.Event] {
	r := saga.Record{
		Outcome: saga.Outcome{
			Step:     rapid.SampledFrom([]string{"ReserveStock", "TakePayment", "RefundPayment", "ReleaseStock"}).Draw(t, "step"),
			Status:   rapid.SampledFrom([]saga.StepStatus{saga.StepSucceeded, saga.StepRefused, saga.StepFailed}).Draw(t, "end"),
			Attempts: rapid.IntRange(1, 3).Draw(t, "attempts"), StartedAt: now, EndedAt: now.Add(time.Second),
		},
		Run:  rapid.SampledFrom([]saga.Status{saga.Running, saga.Running, saga.Compensating, saga.Succeeded, saga.Compensated, saga.Stuck}).Draw(t, "run"),
		Back: rapid.Bool().Draw(t, "back"),
	}
	if r.Status != saga.StepSucceeded {
		r.Error = &saga.Failure{Step: r.Step, Code: "payment.declined", Detail: "the payment was declined"}
	}
	return r
}

func stockCommand(t *rapid.T, now time.Time) stock.Command {
	of := stock.OrderID(rapid.SampledFrom([]string{"1", "2", "3", "4"}).Draw(t, "for"))
	n := rapid.Int64Range(1, 5).Draw(t, "pieces")
	return rapid.SampledFrom([]stock.Command{
		stock.Receive{Quantity: n, At: now},
		stock.Reserve{OrderID: of, Quantity: n, Entered: now, At: now},
		stock.Release{OrderID: of, Entered: now, At: now},
		stock.Fulfil{OrderID: of, Entered: now, At: now},
	}).Draw(t, "command")
}
