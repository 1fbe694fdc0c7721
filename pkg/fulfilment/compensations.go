package fulfilment

import (
	"context"

	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/payment"
	"github.com/daybook-es/daybook/pkg/domain/shipment"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/saga"
)

// beginCancel asks the order. From its commit on nothing is confirmed or
// shipped; if the order shipped before it, the run goes on.
func (w *World) beginCancel(ctx context.Context, c saga.Call) (saga.Verdict, error) {
	o, err := w.Orders.Do(ctx, c.ID, c.Request(), order.BeginCancel{Reason: reason(c.Caught), At: now()})
	switch {
	case err != nil:
		return saga.Proceed, err
	case o.State.Status == order.StatusShipped, o.State.Status == order.StatusDelivered, o.State.Status == order.StatusReturned:
		return saga.Resume, nil
	default:
		return saga.Proceed, nil
	}
}

// reason is what the order says of why it was given up, unless its customer
// gave the reason.
func reason(caught *saga.Failure) string {
	if caught == nil {
		return "its fulfilment could not go on"
	}
	return caught.Detail
}

func (w *World) cancelShipment(ctx context.Context, c saga.Call) (saga.Verdict, error) {
	booked, err := w.Carrier.Undo(ctx, w.key(c, arrangeShipment))
	if err != nil {
		return saga.Proceed, err
	}
	cancel := shipment.Cancel{At: now()}
	if booked != nil {
		cancel.TrackingNumber = booked.TrackingNumber
	}
	_, err = w.Shipments.Do(ctx, c.ID, c.Request(), cancel)
	return saga.Proceed, err
}

func (w *World) refundPayment(ctx context.Context, c saga.Call) (saga.Verdict, error) {
	return saga.Proceed, w.Refund(ctx, c.ID, c.Request())
}

// Refund bars the charge of an order, gives back what was charged, and records
// both: also a charge whose answer never came. It is done once however often it
// is asked for.
func (w *World) Refund(ctx context.Context, id string, by command.Request) error {
	charged, err := w.Gateway.Undo(ctx, Key(w.Tenant, id, takePayment))
	if err != nil {
		return err
	}
	refund := payment.Refund{At: now()}
	if charged != nil {
		refund.Charged = *charged
	}
	_, err = w.Payments.Do(ctx, id, by, refund)
	return err
}

func (w *World) releaseStock(ctx context.Context, c saga.Call) (saga.Verdict, error) {
	return w.eachProduct(ctx, c, func(order.Item) stock.Command {
		return stock.Release{OrderID: stock.OrderID(c.ID), Entered: c.Entered, At: now()}
	})
}

// cancelOrder is the last act: when it is committed, stock and money are back.
func (w *World) cancelOrder(ctx context.Context, c saga.Call) (saga.Verdict, error) {
	_, err := w.Orders.Do(ctx, c.ID, c.Request(), order.EndCancel{At: now()})
	return saga.Proceed, err
}
