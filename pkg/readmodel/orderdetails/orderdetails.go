// Package orderdetails is the view of one order with everything that is known
// of it, as GET /orders/{id} answers.
package orderdetails

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// View names the view.
const View = "order-details"

// Details is an order as its view shows it; its JSON is the wire's.
type Details struct {
	ID           order.ID           `json:"id"`
	CustomerID   order.CustomerID   `json:"customerId"`
	Status       order.Status       `json:"status"`
	Items        []order.Item       `json:"items"` // never null
	Total        domain.Money       `json:"total"`
	Recipient    Recipient          `json:"recipient"`
	Payment      Payment            `json:"payment"`
	Shipment     Shipment           `json:"shipment"`
	CancelReason *string            `json:"cancelReason"`
	Version      eventstore.Version `json:"version"` // of the order's own stream
	PlacedAt     *time.Time         `json:"placedAt"`
	SubmittedAt  *time.Time         `json:"submittedAt"`
	ConfirmedAt  *time.Time         `json:"confirmedAt"`
	ShippedAt    *time.Time         `json:"shippedAt"`
	DeliveredAt  *time.Time         `json:"deliveredAt"`
	CancelledAt  *time.Time         `json:"cancelledAt"`

	// Only an order that was returned has these.
	ReturnReason *string    `json:"returnReason,omitempty"`
	ReturnedAt   *time.Time `json:"returnedAt,omitempty"`
	RestockedAt  *time.Time `json:"restockedAt,omitempty"` // nil until the goods are all in stock again
}

// Recipient is the person to whom the order goes.
type Recipient struct {
	Name       string  `json:"name"`
	Line1      string  `json:"line1"`
	City       string  `json:"city"`
	PostalCode string  `json:"postalCode"`
	Country    string  `json:"country"`
	Email      *string `json:"email"`
}

// Payment is what was paid for the order, in its currency.
type Payment struct {
	Status   PaymentStatus `json:"status"`
	Captured domain.Money  `json:"captured"`
	Refunded domain.Money  `json:"refunded"`
}

// A PaymentStatus says how far the payment has come.
type PaymentStatus string

// The statuses of a payment. One that was asked for and neither captured nor
// declined is none.
const (
	PaymentNone     PaymentStatus = "none"
	PaymentCaptured PaymentStatus = "captured"
	PaymentDeclined PaymentStatus = "declined"
	PaymentRefunded PaymentStatus = "refunded"
)

// Shipment is how the order goes to its recipient.
type Shipment struct {
	Status         ShipmentStatus `json:"status"`
	TrackingNumber *string        `json:"trackingNumber"`
}

// A ShipmentStatus says how far the shipment has come.
type ShipmentStatus string

// The statuses of a shipment. Delivered is the order's to say.
const (
	ShipmentNone       ShipmentStatus = "none"
	ShipmentArranged   ShipmentStatus = "arranged"
	ShipmentDispatched ShipmentStatus = "dispatched"
	ShipmentDelivered  ShipmentStatus = "delivered"
	ShipmentCancelled  ShipmentStatus = "cancelled"
)

// Find returns the details of an order, or false when the view does not have it.
func Find(ctx context.Context, rows readmodel.Store, tenant, id string) (Details, bool, error) {
	row, err := rows.Get(ctx, readmodel.Key{View: View, Tenant: tenant, ID: id})
	if err != nil || row.Revision == 0 {
		return Details{}, false, err
	}
	var s sum
	if err := json.Unmarshal(row.Data, &s); err != nil {
		return Details{}, false, fmt.Errorf("row %s of %s: %w", id, View, err)
	}
	d := s.details()
	d.ID, d.Version = order.ID(id), row.Applied[order.Category].Version()
	return d, d.Status != order.StatusNone, nil
}

// ListReturning returns the ids of at most limit orders that were returned and
// are not refunded, or not in stock again; those first that came back first. Next
// is the place to go on after, nil when these were the last.
func ListReturning(ctx context.Context, rows readmodel.Store, tenant string, after readmodel.Place, limit int) (ids []order.ID, next *readmodel.Place, err error) {
	found, err := rows.List(ctx, readmodel.Page{View: View, Tenant: tenant, List: returning, After: after, Limit: limit + 1})
	if err != nil {
		return nil, nil, err
	}
	if len(found) > limit {
		found = found[:limit]
		next = &readmodel.Place{Sort: found[limit-1].Sort, ID: found[limit-1].ID}
	}
	for _, r := range found {
		ids = append(ids, order.ID(r.ID))
	}
	return ids, next, nil
}
