package park_test

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/fulfilment/sandbox"
	"github.com/daybook-es/daybook/pkg/saga"
)

const tenant = "shop"

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// history is what four orders of two products have led to: one is shipped, one
// declined and taken back, one refused by the carrier, one still pending. Each
// stream's commits are in order.
var history = sync.OnceValue(func() []eventstore.Commit {
	ctx, store := context.Background(), new(memstore.Store)
	w := fulfilment.NewWorld(store, tenant, sandbox.Gateway(new(sandbox.Memory)), sandbox.Carrier(new(sandbox.Memory)), sandbox.Notifier(new(sandbox.Memory)))
	by := command.Request{Actor: "client", Correlation: "call-1"}
	for product := range 2 {
		do(w.Stock.Do(ctx, fmt.Sprint("product-", product), by, stock.Receive{Quantity: 10, At: noon}))
	}
	runs := saga.New(fulfilment.Process(w), store, tenant, slog.New(slog.DiscardHandler))
	for i, o := range []struct {
		method     order.PaymentMethod
		postalCode string
		submit     bool
	}{{"tok_ok", "12345", true}, {"tok_declined", "12345", true}, {"tok_ok", "00000", true}, {"tok_ok", "12345", false}} {
		id := fmt.Sprint("order-", i)
		do(w.Orders.Do(ctx, id, by, order.Place{
			CustomerID: "cust-1", PaymentMethod: o.method, At: noon,
			Items: []order.Item{
				{ProductID: "product-0", Quantity: 1, UnitPrice: domain.Money{Amount: 4999, Currency: "USD"}},
				{ProductID: "product-1", Quantity: 2, UnitPrice: domain.Money{Amount: 2999, Currency: "USD"}},
			},
			Recipient: order.Recipient{Name: "Ada", Line1: "12 St James Sq", City: "London", PostalCode: o.postalCode, Country: "GB"},
		}))
		if o.submit {
			do(w.Orders.Do(ctx, id, by, order.Submit{At: noon}))
			runs.Start(ctx, saga.Run{ID: id, Correlation: "call-1"})
			runs.Wait()
		}
	}
	var all []eventstore.Commit
	for c, err := range store.Scan(ctx, 0, 1) {
		if err != nil {
			panic(err)
		}
		all = append(all, c)
	}
	slices.SortStableFunc(all, func(a, b eventstore.Commit) int { return a.At.Compare(b.At) })
	return all
})

func do(_ any, err error) {
	if err != nil {
		panic(err) // the shop is the same in every run
	}
}

// streamsOf returns the streams of commits, in their order.
func streamsOf(commits []eventstore.Commit) (all []eventstore.StreamID) {
	for _, c := range commits {
		if !slices.Contains(all, c.Stream) {
			all = append(all, c.Stream)
		}
	}
	return all
}

// A book is an event store with commits in it, some of whose streams make no
// sense from a version on.
type book struct {
	eventstore.Store
	commits []eventstore.Commit // as they are stored
	damaged map[eventstore.StreamID]eventstore.Version
}

// bookOf returns the book of commits. Before the nth commit of some streams it
// has one more, of an event that nobody knows.
func bookOf(ctx context.Context, store eventstore.Store, commits []eventstore.Commit, poison map[eventstore.StreamID]int) (*book, error) {
	b := &book{Store: store, damaged: make(map[eventstore.StreamID]eventstore.Version)}
	ends, counts := make(map[eventstore.StreamID]eventstore.Position), make(map[eventstore.StreamID]int)
	add := func(c eventstore.Commit) error {
		end, ok := ends[c.Stream]
		if !ok {
			end = eventstore.NoStream(c.Stream)
		}
		c, err := store.Append(ctx, c.Stream, end, c)
		ends[c.Stream], b.commits = c.End(), append(b.commits, c)
		return err
	}
	for _, c := range commits {
		if n, ok := poison[c.Stream]; ok && n == counts[c.Stream] {
			if err := add(eventstore.Commit{
				Stream: c.Stream, At: c.At, Command: eventstore.CommandID{Key: "unknown"},
				Events: []eventstore.Event{{Type: c.Stream.Category + ".vanished.v9", Data: []byte(`{}`)}},
			}); err != nil {
				return nil, err
			}
		}
		counts[c.Stream]++
		if err := add(c); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// Read implements [eventstore.Store].
func (b *book) Read(ctx context.Context, s eventstore.StreamID, after eventstore.Position) iter.Seq2[eventstore.Commit, error] {
	return func(yield func(eventstore.Commit, error) bool) {
		for c, err := range b.Store.Read(ctx, s, after) {
			if from, ok := b.damaged[s]; ok && c.First >= from {
				c, err = c.Item().Invalid("events: unexpected end of JSON input")
			}
			if !yield(c, err) || err != nil {
				return
			}
		}
	}
}
