package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
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
	if err := dynamostore.Create(ctx, client, dynamostore.EventsTable, table); err != nil {
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
// next, so that each snapshot is paid for by the appends that it is due to. Each
// is given by a loop of its own, which knows nothing of the product and loads it.
func busy(ctx context.Context, client *dynamodb.Client) ([]figure, error) {
	const table, cycles = "busy", 3
	if err := dynamostore.Create(ctx, client, dynamostore.EventsTable, table); err != nil {
		return nil, err
	}
	counted := &puts{counter: counter{Client: client}}
	store := dynamostore.New(counted, table)
	last, err := seed(ctx, client, table, "busy", 100_000)
	if err != nil {
		return nil, err
	}
	hot := &sales{product: "busy", last: last}
	one, all := 0, 0
	for counted.snapshots() < cycles {
		before, put := counted.requests.Load(), counted.tried.Load()
		if err := hot.next(ctx, command.New(store, "bench", stock.Aggregate)); err != nil {
			return nil, err
		}
		if all++; counted.requests.Load()-before-(counted.tried.Load()-put) == 1 {
			one++
		}
		progress("a product with 100,000 past orders", counted.snapshots(), cycles)
	}
	mean, share := counted.mean(), 100*float64(one)/float64(all)
	figures := []figure{
		{
			what: "loads of a product with 100,000 past orders in one request", control: fmt.Sprintf("%d commands, the first on a cold store", all),
			value: fmt.Sprintf("%.1f %%", share), goal: "100 %", met: one == all,
		},
		{
			what: "write units per append on it, mean", control: fmt.Sprintf("%d appends, %d whole snapshot cycles", counted.count(), cycles),
			value: fmt.Sprintf("%.4f", mean), goal: "≤ 1.05", met: mean <= 1.05,
		},
	}
	last, err = seed(ctx, client, table, "calm", 10_000)
	if err != nil {
		return nil, err
	}
	calm := &sales{product: "calm", last: last}
	loop := command.New(store, "bench", stock.Aggregate)
	r, err := pairs(ctx, "commands on a product with 100,000 past orders", 31,
		times(20, func(ctx context.Context) error { return hot.next(ctx, loop) }),
		times(20, func(ctx context.Context) error { return calm.next(ctx, loop) }))
	return append(figures, r.atMost("command on a product with 100,000 past orders", "on one with 10,000", 1.25)), err
}

// sales reserves and fulfils one order of a product after the other, one each
// 300 ms: it remembers as many as stock ever does.
type sales struct {
	product string
	last    time.Time
	n       int
}

func (s *sales) next(ctx context.Context, loop *command.Loop[stock.State, stock.Event]) error {
	at, of := s.last.Add(time.Duration(s.n/2)*300*time.Millisecond), stock.OrderID(fmt.Sprint("further-", s.n/2))
	c := stock.Command(stock.Reserve{OrderID: of, Quantity: 1, Entered: at, At: at})
	if s.n%2 == 1 {
		c = stock.Fulfil{OrderID: of, Entered: at, At: at}
	}
	s.n++
	_, err := loop.Do(ctx, s.product, command.Request{Actor: "fulfilment"}, c)
	return err
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
