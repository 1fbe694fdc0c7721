package sales

import (
	"context"
	"math/big"

	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// A Customer is what one customer has ordered; its JSON is the wire's.
type Customer struct {
	ID     order.CustomerID `json:"id"`
	Orders *big.Int         `json:"orders"` // that were ever placed, whatever became of them
	Spent  []Spent          `json:"spent"`  // by currency, in their order
}

// Spent is what a customer has bought in one currency.
type Spent struct {
	Revenue
	TopProducts Top `json:"topProducts"`
}

// Find returns a customer, with so many of the largest products at most; or false
// when nobody of that name has placed an order.
func Find(ctx context.Context, rows readmodel.Store, tenant string, id order.CustomerID, top int) (Customer, bool, error) {
	totals, err := rows.Totals(ctx, readmodel.Group{View: View, Tenant: tenant, Name: ofCustomer(id)})
	if err != nil || len(totals) == 0 {
		return Customer{}, false, err
	}
	c := Customer{ID: id, Orders: totals[0].Of(orders), Spent: []Spent{}}
	for _, r := range revenues(totals[0]) {
		products, err := topOf(ctx, rows, tenant, boughtBy(id, r.Net.Currency), r.Net.Currency, top)
		if err != nil {
			return Customer{}, false, err
		}
		c.Spent = append(c.Spent, Spent{r, products})
	}
	return c, true, nil
}
