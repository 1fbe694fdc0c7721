package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/fulfilment/sandbox"
	"github.com/daybook-es/daybook/pkg/saga"
)

// happy tells what happy orders of one to three products write, memos included,
// and how many heap objects one makes.
func happy(ctx context.Context, client *dynamodb.Client) ([]figure, error) {
	const table, each = "happy", 50
	if err := dynamostore.Create(ctx, client, table); err != nil {
		return nil, err
	}
	counted := &puts{counter: counter{Client: client}}
	store := dynamostore.New(counted, table)
	var figures []figure
	for products := 1; products <= 3; products++ {
		before := counted.count()
		for n := range each {
			progress(fmt.Sprintf("happy orders of %d products", products), n+1, each)
			if err := ship(ctx, store, products); err != nil {
				return nil, err
			}
		}
		// One receipt for each product is the stock's, not the order's.
		appends, most := float64(counted.count()-before)/each-float64(products), 15+2*products
		figures = append(figures, figure{
			what: fmt.Sprintf("appends of a happy order of %d products, memo included", products), control: "–",
			value: fmt.Sprintf("%.1f", appends), goal: fmt.Sprintf("≤ %d", most), met: appends <= float64(most),
		})
	}
	mean := counted.mean()
	objects, err := allocations(ctx, 100, func(ctx context.Context) error { return ship(ctx, new(memstore.Store), 1) })
	return append(
		figures,
		figure{
			what: "write units per append of these orders, mean", control: fmt.Sprintf("%d appends, memos included", counted.count()),
			value: fmt.Sprintf("%.3f", mean), goal: "≤ 1.05", met: mean <= 1.05,
		},
		figure{what: "allocations of a happy order of 1 product, in memory", control: "–", value: fmt.Sprintf("%.0f", objects)},
	), err
}

// ship takes an order of so many products, each received for it, to its end.
func ship(ctx context.Context, store eventstore.Store, products int) error {
	w := fulfilment.NewWorld(store, "bench", sandbox.Gateway(new(sandbox.Memory)), sandbox.Carrier(new(sandbox.Memory)), sandbox.Notifier(new(sandbox.Memory)))
	id := newStream("order").ID
	client := command.Request{Correlation: "01234567-89ab-cdef-0123-456789abcdef", Actor: "client"}
	var items []order.Item
	for n := range products {
		i := item(n, goods[n])
		i.ProductID += order.ProductID("-of-" + id)
		items = append(items, i)
		if _, err := w.Stock.Do(ctx, string(i.ProductID), client, stock.Receive{Quantity: i.Quantity, At: noon}); err != nil {
			return err
		}
	}
	for _, c := range []order.Command{placing(items...), order.Submit{At: noon}} {
		if _, err := w.Orders.Do(ctx, id, client, c); err != nil {
			return err
		}
	}
	runs := saga.New(fulfilment.Process(w), store, "bench", slog.New(slog.DiscardHandler))
	runs.Start(ctx, saga.Run{ID: id, Correlation: client.Correlation})
	runs.Wait()
	memo, err := runs.Memo(ctx, id)
	if err == nil && memo.Status != saga.Succeeded {
		err = fmt.Errorf("%s is %s", id, memo.Status)
	}
	return err
}

// busy tells what a product with 100,000 past orders costs: every command from
// the first, which finds a cold store, over whole cycles from one snapshot to the
// next, so that each snapshot is paid for by the appends that it is due to.
func busy(ctx context.Context, client *dynamodb.Client) ([]figure, error) {
	const table, past, cycles = "busy", 100_000, 3
	if err := dynamostore.Create(ctx, client, table); err != nil {
		return nil, err
	}
	counted := &puts{counter: counter{Client: client}}
	loop := command.New(dynamostore.New(counted, table), "bench", stock.Aggregate)
	last, err := seed(ctx, client, table, "busy", past)
	if err != nil {
		return nil, err
	}
	var queries []int64
	give := func(c stock.Command) error {
		before, put := counted.requests.Load(), counted.tried.Load()
		_, err := loop.Do(ctx, "busy", command.Request{Actor: "fulfilment"}, c)
		queries = append(queries, counted.requests.Load()-before-(counted.tried.Load()-put))
		return err
	}
	for n := 0; counted.snapshots() < cycles; n++ {
		at, of := last.Add(time.Duration(n)*300*time.Millisecond), stock.OrderID(fmt.Sprint("further-", n))
		for _, c := range []stock.Command{
			stock.Reserve{OrderID: of, Quantity: 1, Entered: at, At: at},
			stock.Fulfil{OrderID: of, Entered: at, At: at},
		} {
			if counted.snapshots() == cycles {
				break
			}
			if err := give(c); err != nil {
				return nil, err
			}
		}
		progress("a product with 100,000 past orders", counted.snapshots(), cycles)
	}
	one := 0
	for _, n := range queries {
		if n == 1 {
			one++
		}
	}
	mean, share, most := counted.mean(), 100*float64(one)/float64(len(queries)), slices.Max(queries)
	return []figure{
		{
			what: "loads of a product with 100,000 past orders in one request", control: fmt.Sprintf("%d commands, the first on a cold store", len(queries)),
			value: fmt.Sprintf("%.1f %%", share), goal: "100 %", met: one == len(queries),
		},
		{what: "requests of one of these loads, at most", control: "the same", value: fmt.Sprint(most), goal: "≤ 1", met: most <= 1},
		{
			what: "write units per append on it, mean", control: fmt.Sprintf("%d appends, %d whole snapshot cycles", counted.count(), cycles),
			value: fmt.Sprintf("%.4f", mean), goal: "≤ 1.05", met: mean <= 1.05,
		},
	}, nil
}

// seed puts the last commit of a product with so many past orders, made by hand
// with a snapshot that the loop would not have written there: all that a load
// reads. What stands before it is folded here and not written, which would take
// too long.
func seed(ctx context.Context, client *dynamodb.Client, table, product string, past int) (last time.Time, err error) {
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := domain.Fold(stock.State{}, stock.Event(stock.Received{Quantity: stock.MaxQuantity, At: begin}))
	for n := range past {
		last = begin.Add(time.Duration(n) * 300 * time.Millisecond)
		of := stock.OrderID(fmt.Sprint("order-", n))
		s = domain.Fold(s, stock.Event(stock.Reserved{OrderID: of, Quantity: 1, Entered: last, At: last}),
			stock.Event(stock.Fulfilled{OrderID: of, Quantity: 1, Entered: last, At: last}))
	}
	state, err := json.Marshal(map[string]any{"state": s})
	if err != nil {
		return last, err
	}
	_, data, err := stock.Events.Encode(stock.Received{Quantity: 1, At: last})
	if err != nil {
		return last, err
	}
	stream := eventstore.StreamID{Tenant: "bench", Category: stock.Category, ID: product}
	at := eventstore.NoStream(stream)
	if err := at.UnmarshalText(fmt.Appendf(nil, "%s@%d", stream, 2*past+1)); err != nil {
		return last, err
	}
	_, err = dynamostore.New(client, table).Append(ctx, stream, at, eventstore.Commit{
		Events: []eventstore.Event{{Type: stock.Received{}.EventType(), Data: data}}, Command: eventstore.CommandID{Key: "last"}, At: last,
		Snapshot: &eventstore.Snapshot{Schema: stock.Aggregate.Schema, Data: state},
	})
	return last, err
}
