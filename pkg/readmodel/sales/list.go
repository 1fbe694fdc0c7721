package sales

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// A Query asks for periods: the one that From lies in, the one that To lies in,
// and all between. With Top, each comes with at most so many of the largest
// customers and products.
type Query struct {
	By       By
	From, To time.Time
	Top      int
}

// A Period is a period's figures in one currency; its JSON is the wire's.
type Period struct {
	From string `json:"from"` // its first day
	To   string `json:"to"`   // its last
	Revenue
	TopCustomers *Top `json:"topCustomers,omitempty"`
	TopProducts  *Top `json:"topProducts,omitempty"`
}

// List returns the periods, oldest first, and by currency in each. One in which
// nothing was sold or refunded is left out.
func List(ctx context.Context, rows readmodel.Store, tenant string, q Query) ([]Period, error) {
	// IDs begin with the first day of their period and a slash, of which '0' is
	// the next character.
	totals, err := rows.Totals(ctx, readmodel.Group{
		View: View, Tenant: tenant, Name: salesBy(q.By), From: q.By.first(q.From) + "/", To: q.By.first(q.To) + "0",
	})
	if err != nil {
		return nil, err
	}
	all := []Period{}
	for len(totals) > 0 {
		first, in, err := spanIn(totals[0].ID)
		if err != nil {
			return nil, err
		}
		n := 1 // shards
		for n < len(totals) && strings.HasPrefix(totals[n].ID, first+"/"+string(in)+"/") {
			n++
		}
		p := Period{From: first, Revenue: revenueOf(added(totals[:n]), in)}
		if err := p.complete(ctx, rows, tenant, q); err != nil {
			return nil, err
		}
		all, totals = append(all, p), totals[n:]
	}
	return all, nil
}

// spanIn reads the ID of a period's sum.
func spanIn(id string) (first string, in domain.Currency, err error) {
	parts := strings.Split(id, "/")
	if len(parts) != 3 {
		return "", "", fmt.Errorf("view %s: sum %q is none of a period; rebuild the view", View, id)
	}
	return parts[0], domain.Currency(parts[1]), nil
}

// complete adds the last day and the largest.
func (p *Period) complete(ctx context.Context, rows readmodel.Store, tenant string, q Query) error {
	begin, err := time.Parse(time.DateOnly, p.From)
	if err != nil {
		return fmt.Errorf("view %s: a period begins on %q; rebuild the view", View, p.From)
	}
	p.To = q.By.after(begin, 1).AddDate(0, 0, -1).Format(time.DateOnly)
	if q.Top == 0 {
		return nil
	}
	in := p.Net.Currency
	span := spanOf(q.By, p.From, in)
	customers, err := topOf(ctx, rows, tenant, customersIn(span), in, q.Top)
	if err != nil {
		return err
	}
	products, err := topOf(ctx, rows, tenant, productsIn(span), in, q.Top)
	p.TopCustomers, p.TopProducts = &customers, &products
	return err
}
