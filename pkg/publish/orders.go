package publish

import (
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// OrderSubmitted is the public name of that an order is to be fulfilled, and the
// data of such an event.
type OrderSubmitted struct {
	OrderID order.ID `json:"orderId"`
}

// SubmittedName is the type of [OrderSubmitted] on the bus.
const SubmittedName = "OrderSubmitted"

// Orders is what is published of orders.
func Orders() Source {
	return From(order.Category, order.Events,
		On(SubmittedName, func(_ order.Submitted, r eventstore.Recorded) any {
			return OrderSubmitted{OrderID: order.ID(r.Stream.ID)}
		}))
}
