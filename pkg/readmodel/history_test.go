package readmodel_test

import (
	"context"
	"fmt"
	"time"

	"pgregory.net/rapid"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// A history is what random commands have led to: what is stored, and the states
// that the aggregates themselves are in.
type history struct {
	store   *memstore.Store
	commits []eventstore.Commit
	orders  map[string]order.State
	placed  map[string]time.Time
	stock   map[string]stock.State
	ends    map[eventstore.StreamID]eventstore.Position
}

// aHistory draws one of a few orders and products.
func aHistory(t *rapid.T) *history {
	h := &history{
		store: new(memstore.Store), orders: map[string]order.State{}, placed: map[string]time.Time{},
		stock: map[string]stock.State{}, ends: map[eventstore.StreamID]eventstore.Position{},
	}
	for i := range rapid.IntRange(1, 40).Draw(t, "commits") {
		now := noon.Add(time.Duration(rapid.IntRange(-2, 2).Draw(t, "clock")+i) * time.Minute)
		id := fmt.Sprint(rapid.IntRange(1, 3).Draw(t, "id"))
		if rapid.Bool().Draw(t, "order") {
			s, e := extend(t, h, order.Aggregate, id, h.orders[id], func() order.Command { return orderCommand(t, now) })
			if h.orders[id] = s; len(e) > 0 {
				if first, ok := e[0].(order.Placed); ok {
					h.placed[id] = first.At
				}
			}
		} else {
			h.stock[id], _ = extend(t, h, stock.Aggregate, id, h.stock[id], func() stock.Command { return stockCommand(t, now) })
		}
	}
	return h
}

// extend gives up to three commands and appends what they lead to as one commit.
func extend[S any, E domain.Event[S]](t *rapid.T, h *history, a domain.Aggregate[S, E], id string, s S, draw func() domain.Command[S, E]) (S, []E) {
	var all []E
	c := eventstore.Commit{At: noon, Command: eventstore.CommandID{Key: fmt.Sprint(len(h.commits))}}
	for range rapid.IntRange(1, 3).Draw(t, "commands") {
		events, err := draw().Decide(s)
		if err != nil {
			continue
		}
		for _, e := range events {
			name, data, err := a.Events.Encode(e)
			if err != nil {
				t.Fatal(err)
			}
			c.Events = append(c.Events, eventstore.Event{Type: name, Data: data})
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
	}
	return rapid.SampledFrom(commands).Draw(t, "command")()
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
