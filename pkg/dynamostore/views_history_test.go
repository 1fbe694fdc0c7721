package dynamostore_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/daybook-es/daybook/internal/dynamolocal"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/fulfilment/sandbox"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/fulfilments"
	"github.com/daybook-es/daybook/pkg/readmodel/orderdetails"
	"github.com/daybook-es/daybook/pkg/readmodel/orderlist"
	"github.com/daybook-es/daybook/pkg/readmodel/sales"
	"github.com/daybook-es/daybook/pkg/readmodel/stocklevels"
	"github.com/daybook-es/daybook/pkg/saga"
)

// The real views of a real history of 2,000 commands come out on DynamoDB as they
// do in memory, although there two projectors deliver it at once, shuffled, some
// of it twice, and cut off in the middle of batches. Each commit is what one
// command led to.
func TestTheReadModelsOnDynamoDBAreThoseInMemory(t *testing.T) {
	dynamolocal.Endpoint(t) // skips where none can run
	client, name := tableOf(t, dynamostore.ViewsTable)
	memory, views := boltstore.NewViews(), dynamostore.NewViews(client, name)
	store := history(t)
	var commits []eventstore.Commit
	for c, err := range store.Scan(t.Context(), 0, 1) {
		if err != nil {
			t.Fatal(err)
		}
		commits = append(commits, c)
	}
	if t.Logf("%d commands led to a commit", len(commits)); len(commits) < 2000 {
		t.Errorf("%d commands are too few", len(commits))
	}
	deliver(t, memory, store, commits)
	var wg sync.WaitGroup
	for projector := range uint64(2) {
		shuffled := append(slices.Clone(commits), commits[:len(commits)/4]...)
		rand.New(rand.NewPCG(1, projector)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		rows := &flaky{Store: views}
		wg.Go(func() { deliver(t, rows, store, shuffled) })
	}
	wg.Wait()

	pages, groups := map[readmodel.Page]bool{}, map[readmodel.Group]bool{}
	for _, c := range commits {
		for _, view := range []string{orderdetails.View, orderlist.View, stocklevels.View, fulfilments.View, sales.View} {
			key := readmodel.Key{View: view, Tenant: c.Stream.Tenant, ID: c.Stream.ID}
			agree(t, fmt.Sprint(key), func(s readmodel.Store) ([]readmodel.Row, error) {
				row, err := s.Get(t.Context(), key)
				for _, list := range row.Lists {
					pages[readmodel.Page{View: view, Tenant: key.Tenant, List: list, Limit: 1000}] = true
				}
				for _, sum := range row.Sums {
					groups[readmodel.Group{View: view, Tenant: key.Tenant, Name: sum.Group}] = true
				}
				return uncounted(row), err
			}, memory, views)
		}
	}
	if len(pages) < 10 || len(groups) < 10 {
		t.Errorf("%d lists and %d groups are few", len(pages), len(groups))
	}
	for page := range pages {
		agree(t, page.List, func(s readmodel.Store) ([]readmodel.Row, error) {
			rows, err := s.List(t.Context(), page)
			return uncounted(rows...), err
		}, memory, views)
	}
	for days, some := range []bool{false, true, true, true, false} {
		day := orderlist.Day(noon.AddDate(0, 0, days-1).Format(time.DateOnly))
		for _, q := range []orderlist.Query{{Day: day, Limit: 7}, {Day: day, Status: order.StatusShipped, Customer: "cust-0", Limit: 100}} {
			agree(t, fmt.Sprint(q), func(s readmodel.Store) ([]readmodel.Row, error) {
				lines, next, err := orderlist.List(t.Context(), s, "main", q)
				if (len(lines) > 0) != some {
					t.Errorf("%+v: %d orders", q, len(lines))
				}
				return []readmodel.Row{{Data: fmt.Append(nil, lines, next != nil)}}, err
			}, memory, views)
		}
	}
	for group := range groups {
		agree(t, group.Name, func(s readmodel.Store) ([]readmodel.Row, error) {
			totals, err := s.Totals(t.Context(), group)
			return []readmodel.Row{{Data: fmt.Append(nil, totals)}}, err
		}, memory, views)
	}
}

// uncounted returns the rows without what differs by how they were delivered and
// kept: a revision counts the deliveries, and of positions the text is kept.
func uncounted(rows ...readmodel.Row) []readmodel.Row {
	for i, r := range rows {
		rows[i].Revision = min(r.Revision, 1)
		for category, p := range r.Applied {
			text, _ := p.MarshalText()
			_ = p.UnmarshalText(text)
			r.Applied[category] = p
		}
	}
	return rows
}

func deliver(t *testing.T, rows readmodel.Store, events eventstore.Store, commits []eventstore.Commit) {
	t.Helper()
	for batch := range slices.Chunk(commits, 10) {
		for _, view := range []projection.View{
			orderdetails.New(rows, events), orderlist.New(rows, events), stocklevels.New(rows, events), fulfilments.New(rows, events), sales.New(rows, events),
		} {
			err := view.Apply(t.Context(), batch...)
			for errors.Is(err, errCutOff) {
				err = view.Apply(t.Context(), batch...)
			}
			if err != nil {
				t.Errorf("%s: %v", view.View(), err)
			}
		}
	}
}

// flaky fails every twentieth put; of these, every second loses its reply alone.
type flaky struct {
	readmodel.Store
	puts atomic.Int64
}

// Put implements [readmodel.Store].
func (f *flaky) Put(ctx context.Context, row readmodel.Row) error {
	switch f.puts.Add(1) % 40 {
	case 0:
		return errCutOff
	case 20:
		return errors.Join(f.Store.Put(ctx, row), errCutOff)
	}
	return f.Store.Put(ctx, row)
}

// history is what orders lead to that are fulfilled, that cannot be paid for or
// shipped, that are cancelled, and that wait.
func history(t *testing.T) eventstore.Store {
	t.Helper()
	ctx, store := t.Context(), new(memstore.Store)
	world := fulfilment.NewWorld(store, "main", sandbox.Gateway(new(sandbox.Memory)), sandbox.Carrier(new(sandbox.Memory)), sandbox.Notifier(new(sandbox.Memory)))
	runs := saga.New(fulfilment.Process(world), store, "main", slog.New(slog.DiscardHandler))
	for _, product := range []string{"product-1", "product-2"} {
		give(t, world.Stock, product, stock.Receive{Quantity: 1000, At: noon})
	}
	ways := []struct {
		method     order.PaymentMethod
		postalCode string
		submitted  bool
		cancelled  bool
	}{
		{"tok_ok", "10115", true, false},
		{"tok_declined", "10115", true, false},
		{"tok_ok", "00000", true, false},
		{"tok_ok", "10115", false, true},
		{"tok_ok", "10115", false, false},
		{"tok_ok", "10115", true, false},
	}
	for i := range 150 {
		way, id := ways[i%len(ways)], fmt.Sprint("ord-", i)
		give(t, world.Orders, id, order.Place{
			CustomerID: order.CustomerID(fmt.Sprint("cust-", i%2)), PaymentMethod: way.method, At: noon.AddDate(0, 0, i/50),
			Items: []order.Item{
				{ProductID: "product-2", Name: "Lamp", Quantity: 1, UnitPrice: domain.Money{Amount: 4999, Currency: "USD"}},
				{ProductID: "product-1", Quantity: 2, UnitPrice: domain.Money{Amount: 2999, Currency: "USD"}},
			},
			Recipient: order.Recipient{Name: "Ada", Line1: "12 St James Sq", City: "London", PostalCode: way.postalCode, Country: "GB", Email: "ada@example.com"},
		})
		if way.cancelled {
			give(t, world.Orders, id, order.Cancel{Reason: "changed my mind", At: noon})
		}
		if way.submitted {
			give(t, world.Orders, id, order.Submit{At: noon})
			runs.Start(ctx, saga.Run{ID: id, Correlation: id})
		}
	}
	runs.Wait()
	return store
}

func give[S any, E domain.Event[S]](t *testing.T, loop *command.Loop[S, E], id string, c domain.Command[S, E]) {
	t.Helper()
	if _, err := loop.Do(context.Background(), id, command.Request{Actor: "client", Correlation: id}, c); err != nil {
		t.Fatal(err)
	}
}
