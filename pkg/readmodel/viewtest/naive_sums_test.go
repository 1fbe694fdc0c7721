package viewtest_test

import (
	"cmp"
	"context"
	"maps"
	"math/big"
	"slices"

	"github.com/daybook-es/daybook/pkg/readmodel"
)

// Totals sums all rows up anew.
func (n *naive) Totals(_ context.Context, g readmodel.Group) ([]readmodel.Total, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	sums := map[string]map[string]*big.Int{}
	for _, r := range append(slices.Collect(maps.Values(n.rows)), n.stray...) {
		if (r.View == g.View || n.fault == "sums all views") && (r.Tenant == g.Tenant || n.fault == "sums all tenants") {
			n.sum(sums, r, g)
		}
	}
	var totals []readmodel.Total
	for id, amounts := range sums {
		if n.fault != "shows what is 0" {
			maps.DeleteFunc(amounts, func(_ string, n *big.Int) bool { return n.Sign() == 0 })
		}
		t := readmodel.Total{ID: id, Amounts: amounts}
		if len(amounts) > 0 && n.within(t, g) {
			totals = append(totals, t)
		}
	}
	slices.SortFunc(totals, func(a, b readmodel.Total) int {
		if g.Top != "" && n.fault != "ranks by id" {
			return b.Of(g.Top).Cmp(a.Of(g.Top))
		}
		return cmp.Compare(a.ID, b.ID)
	})
	if g.Top != "" && n.fault != "ranks without limit" {
		totals = totals[:min(len(totals), g.Limit)]
	}
	return totals, nil
}

func (n *naive) sum(sums map[string]map[string]*big.Int, r readmodel.Row, g readmodel.Group) {
	seen := map[string]bool{}
	for _, s := range r.Sums {
		if s.Group != g.Name && n.fault != "sums all groups" || seen[s.ID] && n.fault == "counts twice as once" {
			continue
		}
		seen[s.ID] = true
		if sums[s.ID] == nil {
			sums[s.ID] = map[string]*big.Int{}
		}
		for name, amount := range s.Amounts {
			sum := new(big.Int).Add(big.NewInt(amount), readmodel.Total{Amounts: sums[s.ID]}.Of(name))
			if n.fault == "counts in 64 bits" {
				sum.SetInt64(sum.Int64())
			}
			sums[s.ID][name] = sum
		}
	}
}

func (n *naive) within(t readmodel.Total, g readmodel.Group) bool {
	switch {
	case g.Top != "":
		return t.Of(g.Top).Sign() > 0 || n.fault == "ranks what is below 0"
	case n.fault == "holds the upper bound" && t.ID == g.To:
		return true
	case n.fault == "leaves out the lower bound" && t.ID == g.From && g.From != "":
		return false
	}
	return t.ID >= g.From && (t.ID < g.To || g.To == "")
}
