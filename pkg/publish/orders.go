package publish

import (
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// OrderPlaced: somebody ordered. What is in the order may change until it is
// submitted, so none of it is said here.
type OrderPlaced struct {
	OrderID    order.ID         `json:"orderId"`
	CustomerID order.CustomerID `json:"customerId"`
}

// OrderSubmitted: an order is to be fulfilled, as it is.
type OrderSubmitted struct {
	OrderID order.ID `json:"orderId"`
}

// SubmittedName is the type of [OrderSubmitted] on the bus.
const SubmittedName = "OrderSubmitted"

// OrderConfirmed: the stock is reserved and the total is paid.
type OrderConfirmed struct {
	OrderID order.ID     `json:"orderId"`
	Payment domain.Money `json:"payment"`
}

// OrderShipped: the goods have left; the order will not be cancelled.
type OrderShipped struct {
	OrderID        order.ID `json:"orderId"`
	TrackingNumber string   `json:"trackingNumber"`
}

// OrderDelivered: the goods have arrived.
type OrderDelivered struct {
	OrderID order.ID `json:"orderId"`
}

// OrderReturned: all of the goods came back. What is to be given back for them,
// and that they are to be received again, is for others to know. The reason is a
// customer's own words, so it stays inside.
type OrderReturned struct {
	OrderID order.ID      `json:"orderId"`
	Goods   []order.Goods `json:"goods"`
}

// ReturnedName is the type of [OrderReturned] on the bus.
const ReturnedName = "OrderReturned"

// OrderCancelled: the order was given up, and all that was done for it is taken
// back. The reason may be a customer's own words, so it stays inside.
type OrderCancelled struct {
	OrderID order.ID `json:"orderId"`
}

// Orders is what is published of orders.
func Orders() Source {
	id := func(r eventstore.Recorded) order.ID { return order.ID(r.Stream.ID) }
	return From(order.Category, order.Events,
		On("OrderPlaced", func(e order.Placed, r eventstore.Recorded) any {
			return OrderPlaced{OrderID: id(r), CustomerID: e.CustomerID}
		}),
		On(SubmittedName, func(_ order.Submitted, r eventstore.Recorded) any {
			return OrderSubmitted{OrderID: id(r)}
		}),
		On("OrderConfirmed", func(e order.Confirmed, r eventstore.Recorded) any {
			return OrderConfirmed{OrderID: id(r), Payment: e.Payment}
		}),
		On("OrderShipped", func(e order.Shipped, r eventstore.Recorded) any {
			return OrderShipped{OrderID: id(r), TrackingNumber: e.TrackingNumber}
		}),
		On("OrderDelivered", func(_ order.Delivered, r eventstore.Recorded) any {
			return OrderDelivered{OrderID: id(r)}
		}),
		On(ReturnedName, func(e order.Returned, r eventstore.Recorded) any {
			return OrderReturned{OrderID: id(r), Goods: e.Goods}
		}),
		On("OrderCancelled", func(_ order.Cancelled, r eventstore.Recorded) any {
			return OrderCancelled{OrderID: id(r)}
		}))
}
