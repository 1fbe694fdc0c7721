package publish

import (
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/payment"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// PaymentCaptured: a customer was charged for an order.
type PaymentCaptured struct {
	OrderID order.ID     `json:"orderId"`
	Amount  domain.Money `json:"amount"`
}

// PaymentRefunded: what was charged for an order was given back, all of it.
type PaymentRefunded struct {
	OrderID order.ID     `json:"orderId"`
	Amount  domain.Money `json:"amount"`
}

// Payments is what is published of payments.
func Payments() Source {
	return From(payment.Category, payment.Events,
		On("PaymentCaptured", func(e payment.Captured, r eventstore.Recorded) any {
			return PaymentCaptured{OrderID: order.ID(r.Stream.ID), Amount: e.Amount}
		}),
		On("PaymentRefunded", func(e payment.Refunded, r eventstore.Recorded) any {
			if e.Amount == (domain.Money{}) { // nothing was charged, and nothing is given back
				return nil
			}
			return PaymentRefunded{OrderID: order.ID(r.Stream.ID), Amount: e.Amount}
		}))
}
