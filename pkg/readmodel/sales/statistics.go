package sales

import (
	"context"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// Statistics are the figures of the whole shop since its first order; their JSON
// is the wire's.
type Statistics struct {
	Orders    *big.Int                  `json:"orders"`   // that were ever placed
	ByStatus  map[order.Status]*big.Int `json:"byStatus"` // every status, also where no order is in it
	Active    *big.Int                  `json:"active"`   // orders of which something is still to come: up to shipped, or cancelling
	Cancelled *big.Int                  `json:"cancelled"`
	Revenue   []Revenue                 `json:"revenue"` // by currency, in their order
}

var (
	active = []order.Status{order.StatusPending, order.StatusSubmitted, order.StatusConfirmed, order.StatusCancelling, order.StatusShipped}
	ended  = []order.Status{order.StatusDelivered, order.StatusReturned, order.StatusCancelled}
)

// Read returns the statistics.
func Read(ctx context.Context, rows readmodel.Store, tenant string) (Statistics, error) {
	totals, err := rows.Totals(ctx, readmodel.Group{View: View, Tenant: tenant, Name: statistics})
	if err != nil {
		return Statistics{}, err
	}
	all := added(totals)
	s := Statistics{Orders: new(big.Int), ByStatus: make(map[order.Status]*big.Int), Active: new(big.Int), Revenue: revenues(all)}
	for _, status := range slices.Concat(active, ended) {
		n := all.Of(string(status))
		s.ByStatus[status] = n
		s.Orders.Add(s.Orders, n)
		if slices.Contains(active, status) {
			s.Active.Add(s.Active, n)
		}
	}
	s.Cancelled = all.Of(string(order.StatusCancelled))
	return s, nil
}

// added returns the total of totals.
func added(totals []readmodel.Total) readmodel.Total {
	all := readmodel.Total{Amounts: make(map[string]*big.Int)}
	for _, t := range totals {
		for name, n := range t.Amounts {
			all.Amounts[name] = new(big.Int).Add(all.Of(name), n)
		}
	}
	return all
}

// revenues returns the revenue in each currency that the names of the amounts
// have after them.
func revenues(t readmodel.Total) []Revenue {
	in := make(map[domain.Currency]readmodel.Total)
	for name, n := range t.Amounts {
		if name, currency, ok := strings.Cut(name, "/"); ok {
			currency := domain.Currency(currency)
			if in[currency].Amounts == nil {
				in[currency] = readmodel.Total{Amounts: make(map[string]*big.Int)}
			}
			in[currency].Amounts[name] = n
		}
	}
	all := make([]Revenue, 0, len(in))
	for _, currency := range slices.Sorted(maps.Keys(in)) {
		all = append(all, revenueOf(in[currency], currency))
	}
	return all
}
