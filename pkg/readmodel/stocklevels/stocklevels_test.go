package stocklevels_test

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/stocklevels"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func receive(n int64) stock.Command { return stock.Receive{Quantity: n, At: noon} }

func reserve(id stock.OrderID, n int64) stock.Command {
	return stock.Reserve{OrderID: id, Quantity: n, Entered: noon, At: noon}
}

func release(id stock.OrderID) stock.Command {
	return stock.Release{OrderID: id, Entered: noon, At: noon}
}

func fulfil(id stock.OrderID) stock.Command {
	return stock.Fulfil{OrderID: id, Entered: noon, At: noon}
}

// view gives each product its commands and folds what they lead to.
func view(ctx context.Context, products map[string][]stock.Command) (readmodel.Store, error) {
	store, rows := new(memstore.Store), boltstore.NewViews()
	loop := command.New(store, "t", stock.Aggregate)
	for id, commands := range products {
		for _, c := range commands {
			if _, err := loop.Do(ctx, id, command.Request{}, c); err != nil {
				return nil, fmt.Errorf("%T: %w", c, err)
			}
		}
	}
	levels := stocklevels.New(rows, store)
	for c, err := range store.Scan(ctx, 0, 1) {
		if err != nil {
			return nil, err
		}
		if err := levels.Apply(ctx, c); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

var products = map[string][]stock.Command{
	"held":     {receive(5), receive(5), reserve("1", 3), reserve("2", 2)},
	"given":    {receive(10), reserve("1", 3), reserve("2", 2), release("1"), fulfil("2"), release("3")},
	"empty":    {receive(1), reserve("1", 1), fulfil("1")},
	"released": {release("1")},
}

var levels = []stocklevels.Level{
	{ProductID: "empty", OnHand: 0, Reserved: 0, Available: 0, Version: 3},
	{ProductID: "given", OnHand: 8, Reserved: 0, Available: 8, Version: 6},
	{ProductID: "held", OnHand: 10, Reserved: 5, Available: 5, Version: 4},
}

func TestLevelsAreListedByProduct(t *testing.T) {
	rows, err := view(t.Context(), products)
	if err != nil {
		t.Fatal(err)
	}
	for _, limit := range []int{1, 2, 3, 100} {
		got, after := []stocklevels.Level{}, new(readmodel.Place)
		for after != nil {
			page, next, err := stocklevels.List(t.Context(), rows, "t", *after, limit)
			if err != nil || next != nil && len(page) != limit {
				t.Fatalf("got %v, %v, %v", page, next, err)
			}
			got, after = append(got, page...), next
		}
		if !reflect.DeepEqual(got, levels) {
			t.Errorf("in pages of %d: got %+v\nwant %+v", limit, got, levels)
		}
	}
}

func TestAProductIsFoundOnceItWasReceived(t *testing.T) {
	rows, err := view(t.Context(), products)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range levels {
		if got, ok, err := stocklevels.Find(t.Context(), rows, "t", want.ProductID); !ok || err != nil || got != want {
			t.Errorf("got %+v, %v, %v\nwant %+v", got, ok, err, want)
		}
	}
	for _, of := range [][2]string{{"t", "released"}, {"t", "unheard-of"}, {"other", "held"}} {
		if got, ok, err := stocklevels.Find(t.Context(), rows, of[0], of[1]); ok || err != nil {
			t.Errorf("%v: got %+v, %v", of, got, err)
		}
	}
	if got, next, err := stocklevels.List(t.Context(), rows, "other", readmodel.Place{}, 10); got == nil || len(got) != 0 || next != nil || err != nil {
		t.Errorf("of another tenant: got %v, %v, %v", got, next, err)
	}
}

func Example() {
	ctx := context.Background()
	rows, _ := view(ctx, map[string][]stock.Command{"product-1": {receive(100), reserve("ord_1", 2)}})
	level, _, _ := stocklevels.Find(ctx, rows, "t", "product-1")
	wire, err := json.Marshal(level)
	fmt.Println(string(wire), err)
	// Output: {"productId":"product-1","onHand":100,"reserved":2,"available":98,"version":2} <nil>
}
