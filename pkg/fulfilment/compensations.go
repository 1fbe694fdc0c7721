package fulfilment

import (
	"context"

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
	case o.State.Status == order.StatusShipped, o.State.Status == order.StatusDelivered:
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

// refundPayment bars the charge, gives back what was charged, and records both:
// also a charge whose answer never came.
func (w *World) refundPayment(ctx context.Context, c saga.Call) (saga.Verdict, error) {
	charged, err := w.Gateway.Undo(ctx, w.key(c, takePayment))
	if err != nil {
		return saga.Proceed, err
	}
	refund := payment.Refund{At: now()}
	if charged != nil {
		refund.Charged = *charged
	}
	_, err = w.Payments.Do(ctx, c.ID, c.Request(), refund)
	return saga.Proceed, err
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
