package sales

import (
	"cmp"
	"context"
	"math/big"
	"slices"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// Top are the largest by amount and by times, net of refunds; its JSON is the
// wire's. Those of which nothing is left stand in neither. Equals stand by their
// ids; which of them are left out at the end is not said.
type Top struct {
	ByAmount []Rank `json:"byAmount"`
	ByTimes  []Rank `json:"byTimes"`
}

// A Rank is a customer or a product: what its sales came to, and how many there
// were, less what was refunded.
type Rank struct {
	ID     string   `json:"id"`
	Amount Money    `json:"amount"`
	Times  *big.Int `json:"times"`
}

// topOf returns at most so many of a group by either.
func topOf(ctx context.Context, rows readmodel.Store, tenant, group string, in domain.Currency, most int) (top Top, err error) {
	largest := func(by string) []Rank {
		ranks := []Rank{}
		if err != nil {
			return ranks
		}
		var totals []readmodel.Total
		totals, err = rows.Totals(ctx, readmodel.Group{View: View, Tenant: tenant, Name: group, Top: by, Limit: most})
		slices.SortStableFunc(totals, func(a, b readmodel.Total) int {
			return cmp.Or(b.Of(by).Cmp(a.Of(by)), cmp.Compare(a.ID, b.ID))
		})
		for _, t := range totals {
			ranks = append(ranks, Rank{ID: t.ID, Amount: Money{t.Of(readmodel.ByAmount), in}, Times: t.Of(readmodel.ByTimes)})
		}
		return ranks
	}
	top = Top{ByAmount: largest(readmodel.ByAmount), ByTimes: largest(readmodel.ByTimes)}
	return top, err
}
