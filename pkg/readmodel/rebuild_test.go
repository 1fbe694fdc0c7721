package readmodel_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/projection"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// BenchmarkRebuild folds 100,000 events into all views: 20,000 orders of four events,
// and 20,000 receipts of 1,000 products.
func BenchmarkRebuild(b *testing.B) {
	store, ctx := full(b), b.Context()
	for b.Loop() {
		rows := boltstore.NewViews()
		runner := projection.NewRunner(store, still{}, slog.New(slog.DiscardHandler), viewsOver(rows, store)...)
		run, stop := context.WithCancel(ctx)
		ended := make(chan error, 1)
		go func() { ended <- runner.Run(run) }()
		if err := runner.Settled(ctx); err != nil {
			b.Fatal(err)
		}
		stop()
		<-ended
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/rebuild")
}

// BenchmarkFollow folds one receipt, as it comes after a rebuild.
func BenchmarkFollow(b *testing.B) {
	store, ctx := full(b), b.Context()
	views := viewsOver(boltstore.NewViews(), store)
	stream := eventstore.StreamID{Tenant: "t", Category: stock.Category, ID: "p"}
	end := eventstore.NoStream(stream)
	for b.Loop() {
		c, err := end.Extend(stream, commitOf(b, stock.Events, stock.Event(stock.Received{Quantity: 1, At: noon})))
		if err != nil {
			b.Fatal(err)
		}
		for _, view := range views {
			if err := view.Apply(ctx, c); err != nil {
				b.Fatal(err)
			}
		}
		end = c.End()
	}
}

func full(b *testing.B) *memstore.Store {
	b.Helper()
	store := new(memstore.Store)
	item := order.Item{ProductID: "product-1", Name: "Lamp", Quantity: 2, UnitPrice: domain.Money{Amount: 2999, Currency: "USD"}}
	for i := range 20_000 {
		appendAll[order.Event](b, store, eventstore.StreamID{Tenant: "t", Category: order.Category, ID: fmt.Sprintf("ord_%026d", i)}, order.Events,
			order.Placed{
				CustomerID: order.CustomerID(fmt.Sprintf("cust-%d", i%5000)), Items: []order.Item{item}, PaymentMethod: "tok_ok", At: noon,
				Recipient: order.Recipient{Name: "Ada Lovelace", Line1: "12 St James Sq", City: "London", PostalCode: "SW1Y 4JH", Country: "GB", Email: "ada@example.com"},
			},
			order.Submitted{At: noon}, order.Confirmed{Payment: domain.Money{Amount: 5998, Currency: "USD"}, At: noon}, order.Shipped{TrackingNumber: "T-1", At: noon})
	}
	for i := range 1000 {
		receipts := make([]stock.Event, 20)
		for n := range receipts {
			receipts[n] = stock.Received{Quantity: int64(n + 1), At: noon}
		}
		appendAll(b, store, eventstore.StreamID{Tenant: "t", Category: stock.Category, ID: fmt.Sprintf("product-%d", i)}, stock.Events, receipts...)
	}
	return store
}

// appendAll appends a commit for each event.
func appendAll[E domain.Typed](b *testing.B, store eventstore.Store, stream eventstore.StreamID, registry *domain.Registry[E], events ...E) {
	b.Helper()
	end := eventstore.NoStream(stream)
	for _, e := range events {
		c, err := store.Append(b.Context(), stream, end, commitOf(b, registry, e))
		if err != nil {
			b.Fatal(err)
		}
		end = c.End()
	}
}

func commitOf[E domain.Typed](b *testing.B, registry *domain.Registry[E], e E) eventstore.Commit {
	b.Helper()
	name, data, err := registry.Encode(e)
	if err != nil {
		b.Fatal(err)
	}
	return eventstore.Commit{
		Events:  []eventstore.Event{{Type: name, Data: data, Correlation: "corr-1", Actor: "client"}},
		Command: eventstore.CommandID{Key: "key"}, At: noon,
	}
}

// still is a feed in which nothing happens.
type still struct{}

func (still) Head() uint64 { return 0 }

func (still) Follow(ctx context.Context, _ uint64, _ func(uint64, []eventstore.Commit) error) error {
	<-ctx.Done()
	return ctx.Err()
}
