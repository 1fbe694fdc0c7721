package fulfilment

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/payment"
	"github.com/daybook-es/daybook/pkg/domain/shipment"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/saga"
)

func (w *World) validateOrder(ctx context.Context, c saga.Call) (saga.Verdict, error) {
	o, err := w.Orders.State(ctx, c.ID)
	switch {
	case err != nil:
		return saga.Proceed, err
	case o.State.Status == order.StatusSubmitted:
		return saga.Proceed, nil
	case o.State.Status == order.StatusCancelling:
		return saga.TakeBack, nil
	default:
		return saga.Leave, nil
	}
}

// reserveStock reserves every product, in sorted order: what is short stops it
// at the same product every time.
func (w *World) reserveStock(ctx context.Context, c saga.Call) (saga.Verdict, error) {
	return w.eachProduct(ctx, c, func(i order.Item) stock.Command {
		return stock.Reserve{OrderID: stock.OrderID(c.ID), Quantity: i.Quantity, Entered: c.Entered, At: now()}
	})
}

// eachProduct gives the stock of each of the order's products a command.
func (w *World) eachProduct(ctx context.Context, c saga.Call, of func(order.Item) stock.Command) (saga.Verdict, error) {
	o, err := w.Orders.State(ctx, c.ID)
	if err != nil {
		return saga.Proceed, err
	}
	items := slices.SortedFunc(slices.Values(o.State.Items), func(a, b order.Item) int {
		return strings.Compare(string(a.ProductID), string(b.ProductID))
	})
	for _, i := range items {
		_, err := w.Stock.Do(ctx, string(i.ProductID), c.Request(), of(i))
		if r, refused := domain.Refused(err); refused {
			return saga.Proceed, r.With("%s", i.ProductID)
		}
		if err != nil {
			return saga.Proceed, err
		}
	}
	return saga.Proceed, nil
}

// takePayment charges the total, and records in one commit what the gateway said.
func (w *World) takePayment(ctx context.Context, c saga.Call) (saga.Verdict, error) {
	o, err := w.Orders.State(ctx, c.ID)
	if err != nil {
		return saga.Proceed, err
	}
	charge := Charge{OrderID: c.ID, Amount: o.State.Total, Method: string(o.State.PaymentMethod)}
	captured, err := w.Gateway.Do(ctx, w.key(c, takePayment), charge)
	said := payment.Command(payment.Capture{Amount: captured, At: now()})
	refusal, refused := domain.Refused(err)
	switch {
	case errors.Is(err, ErrBarred), err != nil && !refused:
		return saga.Proceed, err
	case refused:
		said = payment.Decline{Code: refusal.Code, Reason: refusal.Detail, At: now()}
	}
	take := payment.Take{Amount: charge.Amount, Method: charge.Method, At: now()}
	if _, err := w.Payments.Do(ctx, c.ID, c.Request(), domain.All(payment.Command(take), said)); err != nil {
		return saga.Proceed, err
	}
	return saga.Proceed, err
}

func (w *World) confirmOrder(ctx context.Context, c saga.Call) (saga.Verdict, error) {
	p, err := w.Payments.State(ctx, c.ID)
	if err == nil {
		_, err = w.Orders.Do(ctx, c.ID, c.Request(), order.Confirm{Payment: p.State.Captured, At: now()})
	}
	return saga.Proceed, err
}

func (w *World) arrangeShipment(ctx context.Context, c saga.Call) (saga.Verdict, error) {
	to, err := w.recipient(ctx, c.ID)
	if err != nil {
		return saga.Proceed, err
	}
	booking, err := w.Carrier.Do(ctx, w.key(c, arrangeShipment), Parcel{
		OrderID: c.ID, Name: to.Name, Line1: to.Line1, City: to.City, PostalCode: to.PostalCode, Country: to.Country,
	})
	if err == nil {
		_, err = w.Shipments.Do(ctx, c.ID, c.Request(), shipment.Arrange{TrackingNumber: booking.TrackingNumber, At: now()})
	}
	return saga.Proceed, err
}

func (w *World) shipOrder(ctx context.Context, c saga.Call) (saga.Verdict, error) {
	s, err := w.Shipments.State(ctx, c.ID)
	if err == nil {
		_, err = w.Orders.Do(ctx, c.ID, c.Request(), order.Ship{TrackingNumber: s.State.TrackingNumber, At: now()})
	}
	return saga.Proceed, err
}

// handOver lets the goods go: out of the stock, and on their way.
func (w *World) handOver(ctx context.Context, c saga.Call) (saga.Verdict, error) {
	_, err := w.eachProduct(ctx, c, func(order.Item) stock.Command {
		return stock.Fulfil{OrderID: stock.OrderID(c.ID), Entered: c.Entered, At: now()}
	})
	if err == nil {
		_, err = w.Shipments.Do(ctx, c.ID, c.Request(), shipment.Dispatch{At: now()})
	}
	return saga.Proceed, err
}

func (w *World) notifyCustomer(ctx context.Context, c saga.Call) (saga.Verdict, error) {
	to, err := w.recipient(ctx, c.ID)
	if err == nil {
		_, err = w.Notifier.Do(ctx, w.key(c, notifyCustomer), Message{OrderID: c.ID, Email: to.Email, Text: "Your order " + c.ID + " is on its way."})
	}
	return saga.Proceed, err
}
