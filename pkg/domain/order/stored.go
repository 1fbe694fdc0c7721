package order

import "github.com/daybook-es/daybook/pkg/domain"

// Events reads and writes the events of orders. Whatever an order ever stored,
// under whatever name, stays readable here.
var Events = domain.NewRegistry[Event](
	Placed{}, ItemAdded{}, ItemRemoved{}, ItemsReplaced{}, Submitted{},
	Confirmed{}, Shipped{}, Delivered{}, Returned{}, CancelStarted{}, Cancelled{},
)

// Aggregate says how orders are read and written.
var Aggregate = domain.Aggregate[State, Event]{Category: Category, Events: Events, Schema: 1}
