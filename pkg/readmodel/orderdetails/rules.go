package orderdetails

import (
	"cmp"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/payment"
	"github.com/daybook-es/daybook/pkg/domain/restock"
	"github.com/daybook-es/daybook/pkg/domain/shipment"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// returning is the list of all returned orders of which something is still to
// be done.
const returning = "returning"

// New returns the projection that keeps the view.
func New(rows readmodel.Store, events eventstore.Store) projection.View {
	return projection.New(View, rows, events,
		sum.place,
		projection.From(order.Category, order.Events,
			projection.On((*sum).placed),
			projection.On(changed[order.ItemAdded]),
			projection.On(changed[order.ItemRemoved]),
			projection.On(changed[order.ItemsReplaced]),
			projection.On((*sum).submitted),
			projection.On((*sum).confirmed),
			projection.On((*sum).shipped),
			projection.On((*sum).delivered),
			projection.On((*sum).returned),
			projection.On((*sum).cancelStarted),
			projection.On((*sum).cancelled),
		),
		projection.From(payment.Category, payment.Events,
			projection.On(paid[payment.Taken]),
			projection.On(paid[payment.Captured]),
			projection.On(paid[payment.Declined]),
			projection.On(paid[payment.Refunded]),
		),
		projection.From(shipment.Category, shipment.Events,
			projection.On(sent[shipment.Arranged]),
			projection.On(sent[shipment.Dispatched]),
			projection.On(sent[shipment.Cancelled]),
		),
		projection.From(restock.Category, restock.Events,
			projection.On((*sum).restocked),
		))
}

// sum is what each of four streams says, side by side: so it comes out the
// same, whichever comes first.
type sum struct {
	Details
	Paid payment.State  `json:"paid"`
	Sent shipment.State `json:"sent"`
}

// place puts a returned order into the list while there is something left to do.
func (d sum) place() (lists []string, sort string) {
	if d.ReturnedAt == nil || d.Paid.Closed && d.RestockedAt != nil {
		return nil, ""
	}
	return []string{returning}, d.ReturnedAt.Format(readmodel.SortTime)
}

func paid[E payment.Event](d *sum, e E, _ eventstore.Recorded) error {
	d.Paid = e.Evolve(d.Paid)
	return nil
}

func sent[E shipment.Event](d *sum, e E, _ eventstore.Recorded) error {
	d.Sent = e.Evolve(d.Sent)
	return nil
}

// details puts together what the wire shows: an order that nothing was paid for
// shows nothing in its own currency.
func (d sum) details() Details {
	got := d.Details
	nothing := domain.Money{Currency: got.Total.Currency}
	got.Payment = Payment{Status: PaymentNone, Captured: cmp.Or(d.Paid.Captured, nothing), Refunded: cmp.Or(d.Paid.Refunded, nothing)}
	switch d.Paid.Status {
	case payment.StatusCaptured:
		got.Payment.Status = PaymentCaptured
	case payment.StatusDeclined:
		got.Payment.Status = PaymentDeclined
	case payment.StatusRefunded:
		got.Payment.Status = PaymentRefunded
	case payment.StatusNone, payment.StatusTaken:
	}
	got.Shipment = Shipment{Status: cmp.Or(ShipmentStatus(d.Sent.Status), ShipmentNone)}
	if d.Sent.TrackingNumber != "" {
		got.Shipment.TrackingNumber = &d.Sent.TrackingNumber
	}
	if got.DeliveredAt != nil {
		got.Shipment.Status = ShipmentDelivered
	}
	return got
}

// evolve leaves what an event makes of status, items and total to the order's
// own rules.
func (d *sum) evolve(e order.Event) {
	s := e.Evolve(order.State{Status: d.Status, Items: d.Items, Total: d.Total})
	d.Status, d.Items, d.Total = s.Status, s.Items, s.Total
}

func changed[E order.Event](d *sum, e E, _ eventstore.Recorded) error {
	d.evolve(e)
	return nil
}

func (d *sum) placed(e order.Placed, _ eventstore.Recorded) error {
	d.CustomerID, d.PlacedAt = e.CustomerID, at(e.At)
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

func (d *sum) submitted(e order.Submitted, _ eventstore.Recorded) error {
	d.SubmittedAt = at(e.At)
	d.evolve(e)
	return nil
}

func (d *sum) confirmed(e order.Confirmed, _ eventstore.Recorded) error {
	d.ConfirmedAt = at(e.At)
	d.evolve(e)
	return nil
}

func (d *sum) shipped(e order.Shipped, _ eventstore.Recorded) error {
	d.ShippedAt = at(e.At)
	d.evolve(e)
	return nil
}

func (d *sum) delivered(e order.Delivered, _ eventstore.Recorded) error {
	d.DeliveredAt = at(e.At)
	d.evolve(e)
	return nil
}

func (d *sum) returned(e order.Returned, _ eventstore.Recorded) error {
	d.ReturnReason, d.ReturnedAt = &e.Reason, at(e.At)
	d.evolve(e)
	return nil
}

func (d *sum) restocked(e restock.Ended, _ eventstore.Recorded) error {
	d.RestockedAt = at(e.At)
	return nil
}

func (d *sum) cancelStarted(e order.CancelStarted, _ eventstore.Recorded) error {
	d.CancelReason = &e.Reason
	d.evolve(e)
	return nil
}

func (d *sum) cancelled(e order.Cancelled, _ eventstore.Recorded) error {
	d.CancelReason, d.CancelledAt = &e.Reason, at(e.At)
	d.evolve(e)
	return nil
}

func at(t time.Time) *time.Time { return new(t.UTC()) }
