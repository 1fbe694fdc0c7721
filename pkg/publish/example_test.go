package publish_test

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/publish"
)

func Example() {
	ctx, store := context.Background(), new(memstore.Store)
	orders := command.New(store, "shop", order.Aggregate)
	lamp := order.Item{ProductID: "product-1", Quantity: 2, UnitPrice: domain.Money{Amount: 2999, Currency: "USD"}}
	orders.Do(ctx, "ord_1", command.Request{Correlation: "call-1"}, order.Place{CustomerID: "cust-1", Items: []order.Item{lamp}, PaymentMethod: "tok_ok"})
	orders.Do(ctx, "ord_1", command.Request{Correlation: "call-2"}, order.Submit{})

	bus := &publish.Local{Log: slog.Default()}
	bus.Listen(publish.SubmittedName, func(_ context.Context, e publish.Event) error {
		fmt.Println(e.Type, e.Tenant, e.Stream, e.Version, e.Correlation, string(e.Data))
		return nil
	})
	publisher := publish.New(bus, slog.Default(), publish.Orders())
	for c, err := range store.Scan(ctx, 0, 1) {
		fmt.Println(c.Stream, "at version", c.Last(), err, publisher.Publish(ctx, c))
	}
	// Output:
	// shop/order/ord_1 at version 1 <nil> <nil>
	// OrderSubmitted shop order/ord_1 2 call-2 {"orderId":"ord_1"}
	// shop/order/ord_1 at version 2 <nil> <nil>
}
