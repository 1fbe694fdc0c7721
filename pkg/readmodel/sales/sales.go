// Package sales is the view of what was sold: the figures of the whole shop, of a
// day, a week or a month, and of a customer.
//
// An order counts from the moment it is placed, under the status that it is in. A
// sale is an order of which the payment was captured: it counts on the day of the
// capture, by the products and prices that were ordered. A refund gives back
// exactly what was captured, and counts on a day of its own, which need not be
// the sale's: so of a month in which much was given back less than nothing may
// be left. What is captured and given back because a run failed is a sale and
// a refund like any other.
//
// A payment of an order that is not known counts for nothing. Days are those of
// the events' own times, in UTC. Amounts of different currencies are never added.
// Every figure is a sum of what each order contributes, so all are exact, however
// events are delivered.
package sales

import (
	"math/big"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// View names the view.
const View = "sales"

// Money is an amount of minor units that was added up: it is exact, however
// large, and may be below 0.
type Money struct {
	Amount   *big.Int        `json:"amount"`
	Currency domain.Currency `json:"currency"`
}

// Revenue is what sales and refunds in one currency come to; its JSON is the
// wire's.
type Revenue struct {
	Sales    *big.Int `json:"sales"`   // how many
	Refunds  *big.Int `json:"refunds"` // how many
	Captured Money    `json:"captured"`
	Refunded Money    `json:"refunded"`
	Net      Money    `json:"net"` // captured less refunded
	// Average is captured divided by the number of sales, without what is left
	// over; 0 where there were none.
	Average Money `json:"average"`
}

// revenueOf reads a total of amounts in one currency.
func revenueOf(t readmodel.Total, in domain.Currency) Revenue {
	r := Revenue{
		Sales: t.Of(sold), Refunds: t.Of(refunds), Captured: Money{t.Of(captured), in}, Refunded: Money{t.Of(refunded), in},
		Net: Money{new(big.Int), in}, Average: Money{new(big.Int), in},
	}
	r.Net.Amount.Sub(r.Captured.Amount, r.Refunded.Amount)
	if r.Sales.Sign() > 0 {
		r.Average.Amount.Quo(r.Captured.Amount, r.Sales)
	}
	return r
}
