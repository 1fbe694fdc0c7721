package queue

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/shipment"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/publish"
)

// Search returns the handler of the queue behind the rule for what happens to
// orders, which keeps the view of a tenant in which they are searched. The bus
// promises no order, and not all that an order is found by is on it: an event says
// only that there is something to read, in the order's stream and its shipment's.
func Search(tenant string, view projection.View, store eventstore.Store, log *slog.Logger) Handler {
	public := publish.Orders().Types()
	return Each(log, func(ctx context.Context, body []byte) error {
		e, err := Read(body, public...)
		if err != nil {
			return &SenselessError{err}
		}
		stream, err := eventstore.ParseStreamID(e.Tenant + "/" + e.Stream)
		if err != nil || stream.Tenant != tenant || stream.Category != order.Category {
			return &SenselessError{fmt.Errorf("its detail is of stream %q of tenant %q", e.Stream, e.Tenant)}
		}
		var all []eventstore.Commit
		for _, stream.Category = range []string{order.Category, shipment.Category} {
			for c, err := range store.Read(ctx, stream, eventstore.NoStream(stream)) {
				if err != nil {
					return err
				}
				all = append(all, c)
			}
		}
		return view.Apply(ctx, all...)
	})
}
