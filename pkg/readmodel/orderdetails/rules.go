package orderdetails

import (
	"time"

	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// New returns the projection that keeps the view. Its rows stand in no list.
func New(rows readmodel.Store, events eventstore.Store) projection.View {
	return projection.New(View, rows, events,
		func(Details) ([]string, string) { return nil, "" },
		projection.From(order.Category, order.Events,
			projection.On((*Details).placed),
			projection.On(changed[order.ItemAdded]),
			projection.On(changed[order.ItemRemoved]),
			projection.On(changed[order.ItemsReplaced]),
			projection.On((*Details).submitted),
			projection.On((*Details).confirmed),
			projection.On((*Details).shipped),
			projection.On((*Details).delivered),
			projection.On((*Details).cancelStarted),
			projection.On((*Details).cancelled),
		))
}

// evolve leaves what an event makes of status, items and total to the order's
// own rules.
func (d *Details) evolve(e order.Event) {
	s := e.Evolve(order.State{Status: d.Status, Items: d.Items, Total: d.Total})
	d.Status, d.Items, d.Total = s.Status, s.Items, s.Total
	d.Payment.Captured.Currency, d.Payment.Refunded.Currency = s.Total.Currency, s.Total.Currency
}

func changed[E order.Event](d *Details, e E, _ eventstore.Recorded) error {
	d.evolve(e)
	return nil
}

func (d *Details) placed(e order.Placed, _ eventstore.Recorded) error {
	d.CustomerID, d.PlacedAt = e.CustomerID, at(e.At)
	d.Payment.Status, d.Shipment.Status = PaymentNone, ShipmentNone
	d.Recipient = Recipient{
		Name: e.Recipient.Name, Line1: e.Recipient.Line1, City: e.Recipient.City,
		PostalCode: e.Recipient.PostalCode, Country: e.Recipient.Country,
	}
	if e.Recipient.Email != "" {
		d.Recipient.Email = &e.Recipient.Email
	}
	d.evolve(e)
	return nil
}

func (d *Details) submitted(e order.Submitted, _ eventstore.Recorded) error {
	d.SubmittedAt = at(e.At)
	d.evolve(e)
	return nil
}

func (d *Details) confirmed(e order.Confirmed, _ eventstore.Recorded) error {
	d.ConfirmedAt = at(e.At)
	d.evolve(e)
	return nil
}

func (d *Details) shipped(e order.Shipped, _ eventstore.Recorded) error {
	d.ShippedAt = at(e.At)
	d.evolve(e)
	return nil
}

func (d *Details) delivered(e order.Delivered, _ eventstore.Recorded) error {
	d.DeliveredAt, d.Shipment.Status = at(e.At), ShipmentDelivered
	d.evolve(e)
	return nil
}

func (d *Details) cancelStarted(e order.CancelStarted, _ eventstore.Recorded) error {
	d.CancelReason = &e.Reason
	d.evolve(e)
	return nil
}

func (d *Details) cancelled(e order.Cancelled, _ eventstore.Recorded) error {
	d.CancelReason, d.CancelledAt = &e.Reason, at(e.At)
	d.evolve(e)
	return nil
}

func at(t time.Time) *time.Time { return new(t.UTC()) }
