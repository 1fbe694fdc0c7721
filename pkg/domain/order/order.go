// Package order is the aggregate of an order: placed, changed while it is
// pending, submitted, and then fulfilled, and maybe returned, or cancelled.
package order

import "github.com/daybook-es/daybook/pkg/domain"

// Category names the streams of orders.
const Category = "order"

// Names of things, each its own type so that none is taken for another.
type (
	ID            string
	CustomerID    string
	ProductID     string
	PaymentMethod string
)

// A Status says where an order stands.
type Status string

// The statuses, in the order in which an order may come to them.
const (
	StatusNone       Status = "" // nobody placed it
	StatusPending    Status = "pending"
	StatusSubmitted  Status = "submitted"
	StatusConfirmed  Status = "confirmed"
	StatusCancelling Status = "cancelling" // what was done is being taken back
	StatusShipped    Status = "shipped"
	StatusDelivered  Status = "delivered"
	StatusReturned   Status = "returned"
	StatusCancelled  Status = "cancelled"
)

// Known reports whether an order can be in the status.
func (s Status) Known() bool {
	switch s {
	case StatusPending, StatusSubmitted, StatusConfirmed, StatusCancelling, StatusShipped, StatusDelivered, StatusReturned, StatusCancelled:
		return true
	case StatusNone:
	}
	return false
}

// An Item is one product of an order.
type Item struct {
	ProductID ProductID    `json:"productId"`
	Name      string       `json:"name,omitempty"`
	Quantity  int64        `json:"quantity"`
	UnitPrice domain.Money `json:"unitPrice"`
}

// A Recipient is the person to whom an order goes. It stands in one field of
// one event and nowhere else, so that it can be sealed by a key per person.
type Recipient struct {
	Name       string `json:"name"`
	Line1      string `json:"line1"`
	City       string `json:"city"`
	PostalCode string `json:"postalCode"`
	Country    string `json:"country"`
	Email      string `json:"email,omitempty"`
}

// State is what the decisions of an order need. It holds no personal data.
type State struct {
	Status        Status        `json:"status"`
	CustomerID    CustomerID    `json:"customerId"`
	Items         []Item        `json:"items"`
	Total         domain.Money  `json:"total"`
	PaymentMethod PaymentMethod `json:"paymentMethod"`
	CancelReason  string        `json:"cancelReason,omitempty"`
}

// Limits of an order.
const (
	MaxItems          = 100
	MaxQuantity int64 = 1_000_000
	MaxPrice    int64 = 1_000_000_000_000 // minor units
)
