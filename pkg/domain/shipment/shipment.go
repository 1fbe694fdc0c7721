// Package shipment is the aggregate of an order's shipment: arranged with a
// carrier, and dispatched or cancelled.
package shipment

import "github.com/daybook-es/daybook/pkg/domain"

// Category names the streams of shipments; a stream's id is the order's.
const Category = "shipment"

// A Status says where a shipment stands.
type Status string

// The statuses, in the order in which a shipment may come to them.
const (
	StatusNone       Status = "" // nobody arranged it
	StatusArranged   Status = "arranged"
	StatusDispatched Status = "dispatched"
	StatusCancelled  Status = "cancelled" // only where a booking was taken back
)

// State is what the decisions on a shipment need.
type State struct {
	Status         Status `json:"status"`
	TrackingNumber string `json:"trackingNumber,omitempty"`
	Closed         bool   `json:"closed,omitempty"` // a compensation was recorded: whatever comes now is late
}

// Events reads and writes the events of shipments.
var Events = domain.NewRegistry[Event](Arranged{}, Dispatched{}, Cancelled{})

// Aggregate says how shipments are read and written.
var Aggregate = domain.Aggregate[State, Event]{Category: Category, Events: Events, Schema: 1}
