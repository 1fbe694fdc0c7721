// Package fulfilment is the saga of a submitted order: stock is reserved, the
// payment taken, the order confirmed, a shipment arranged, and the order ships;
// or all of it is taken back and the order is cancelled.
//
// The order decides. That it shipped and that its cancellation began are commits
// of one stream, so exactly one of them is there: nothing is taken back before
// the one, nothing leaves before the other.
package fulfilment

import (
	"context"
	"time"

	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/payment"
	"github.com/daybook-es/daybook/pkg/domain/shipment"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/saga"
)

// Category names the memos of fulfilments; a memo's id is the order's.
const Category = "fulfilment"

// A World is what fulfilment acts on: four aggregates in one store, and three
// parts of the world outside.
type World struct {
	Tenant    string
	Events    eventstore.Store
	Orders    *command.Loop[order.State, order.Event]
	Stock     *command.Loop[stock.State, stock.Event]
	Payments  *command.Loop[payment.State, payment.Event]
	Shipments *command.Loop[shipment.State, shipment.Event]
	Gateway   Gateway
	Carrier   Carrier
	Notifier  Notifier
}

// NewWorld returns the world of a tenant's orders over a store.
func NewWorld(store eventstore.Store, tenant string, g Gateway, c Carrier, n Notifier) *World {
	return &World{
		Tenant: tenant, Events: store, Gateway: g, Carrier: c, Notifier: n,
		Orders:    command.New(store, tenant, order.Aggregate),
		Stock:     command.New(store, tenant, stock.Aggregate),
		Payments:  command.New(store, tenant, payment.Aggregate),
		Shipments: command.New(store, tenant, shipment.Aggregate),
	}
}

// How long a step may take. An attempt is long enough for a call to the outside
// world that is slow; a payment that gets no answer is given up while its
// customer still looks at it; a reservation within the time that stock
// remembers (see package stock).
const (
	attempt         = 5 * time.Second
	paymentDeadline = 12 * time.Second
	deadline        = 2 * time.Minute
)

var (
	// generous outlasts every deadline.
	generous = saga.Retry{Attempts: 1000, First: time.Second, Most: 8 * time.Second}
	// insistent goes on for more than an hour.
	insistent = saga.Retry{Attempts: 100, First: time.Second, Most: time.Minute}
	// brief is for what may fail.
	brief = saga.Retry{Attempts: 3, First: time.Second, Most: 2 * time.Second}
)

// Process declares the saga over a world.
func Process(w *World) saga.Process {
	return saga.Process{
		Name: Category, Compensating: insistent,
		Steps: []saga.Step{
			{Name: "ValidateOrder", Do: w.validateOrder, Compensation: "CancelOrder", Undo: w.cancelOrder, Timeout: attempt, Deadline: deadline, Retry: generous},
			{Name: "ReserveStock", Do: w.reserveStock, Compensation: "ReleaseStock", Undo: w.releaseStock, Timeout: attempt, Deadline: deadline, Retry: generous},
			{Name: takePayment, Do: w.takePayment, Compensation: "RefundPayment", Undo: w.refundPayment, Timeout: attempt, Deadline: paymentDeadline, Retry: generous},
			{Name: "ConfirmOrder", Do: w.confirmOrder, Timeout: attempt, Deadline: deadline, Retry: generous},
			{Name: arrangeShipment, Do: w.arrangeShipment, Compensation: "CancelShipment", Undo: w.cancelShipment, Timeout: attempt, Deadline: deadline, Retry: generous},
			{Name: "ShipOrder", Do: w.shipOrder, Compensation: "BeginCancel", Undo: w.beginCancel, Pivot: true, Timeout: attempt, Deadline: deadline, Retry: generous},
			{Name: "HandOver", Do: w.handOver, Timeout: attempt, Retry: insistent},
			{Name: notifyCustomer, Do: w.notifyCustomer, MayFail: true, Timeout: attempt, Retry: brief},
		},
	}
}

// The steps that act on the outside world: their names are in its keys.
const (
	takePayment     = "TakePayment"
	arrangeShipment = "ArrangeShipment"
	notifyCustomer  = "NotifyCustomer"
)

func (w *World) key(c saga.Call, step string) string { return Key(w.Tenant, c.ID, step) }

// recipient reads the one event that names a person.
func (w *World) recipient(ctx context.Context, id string) (order.Recipient, error) {
	stream := eventstore.StreamID{Tenant: w.Tenant, Category: order.Category, ID: id}
	for c, err := range w.Events.Read(ctx, stream, eventstore.NoStream(stream)) {
		if err != nil {
			return order.Recipient{}, err
		}
		for r := range c.Recorded() {
			e, err := order.Events.Decode(r.Type, r.Data)
			if err != nil {
				return order.Recipient{}, err
			}
			if placed, ok := e.(order.Placed); ok {
				return placed.Recipient, nil
			}
		}
	}
	return order.Recipient{}, order.ErrNotPlaced
}

// now is the time at which a command is given.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
