package boltstore

import (
	"cmp"
	"context"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/daybook-es/daybook/pkg/readmodel"
)

// sums are those of a group, by id and then by the name of an amount. What has
// come to 0 is not kept. They have no order: what is read of a group is sorted
// when it is read, so that a write pays for no index.
type sums map[string]map[string]*big.Int

// count adds, or with -1 takes away, what a row contributes.
func (v *Views) count(row readmodel.Row, sign int64) {
	for _, s := range row.Sums {
		in := list{row.View, row.Tenant, s.Group}
		group := v.sums[in]
		if group == nil {
			group = make(sums)
			v.sums[in] = group
		}
		group.add(s, sign)
		if len(group) == 0 {
			delete(v.sums, in)
		}
	}
}

func (g sums) add(s readmodel.Sum, sign int64) {
	amounts := g[s.ID]
	if amounts == nil {
		amounts = make(map[string]*big.Int, len(s.Amounts))
		g[s.ID] = amounts
	}
	for name, n := range s.Amounts {
		if amounts[name] == nil {
			amounts[name] = new(big.Int)
		}
		change := new(big.Int).Mul(big.NewInt(n), big.NewInt(sign))
		if amounts[name].Add(amounts[name], change).Sign() == 0 {
			delete(amounts, name)
		}
	}
	if len(amounts) == 0 {
		delete(g, s.ID)
	}
}

// Totals implements [readmodel.Store].
func (v *Views) Totals(ctx context.Context, g readmodel.Group) ([]readmodel.Total, error) {
	totals := v.totals(g)
	if g.Top == "" {
		slices.SortFunc(totals, func(a, b readmodel.Total) int { return strings.Compare(a.ID, b.ID) })
	}
	return totals, ctx.Err()
}

func (v *Views) totals(g readmodel.Group) (totals []readmodel.Total) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	for id, amounts := range v.sums[list{g.View, g.Tenant, g.Name}] {
		switch {
		case g.Top != "":
			totals = rank(totals, readmodel.Total{ID: id, Amounts: amounts}, g)
		case g.From <= id && (id < g.To || g.To == ""):
			totals = append(totals, readmodel.Total{ID: id, Amounts: amounts})
		}
	}
	for i, t := range totals {
		totals[i].Amounts = maps.Clone(t.Amounts)
		for name, n := range t.Amounts {
			totals[i].Amounts[name] = new(big.Int).Set(n)
		}
	}
	return totals
}

// rank puts a total into its place among the largest. Equals stand by their ID, so
// that a ranking read twice is the same.
func rank(largest []readmodel.Total, t readmodel.Total, g readmodel.Group) []readmodel.Total {
	if t.Of(g.Top).Sign() <= 0 {
		return largest
	}
	at, _ := slices.BinarySearchFunc(largest, t, func(a, b readmodel.Total) int {
		return cmp.Or(b.Of(g.Top).Cmp(a.Of(g.Top)), strings.Compare(a.ID, b.ID))
	})
	largest = slices.Insert(largest, at, t)
	return largest[:min(len(largest), g.Limit)]
}

func cloneSums(all []readmodel.Sum) []readmodel.Sum {
	all = slices.Clone(all)
	for i := range all {
		all[i].Amounts = maps.Clone(all[i].Amounts)
	}
	return all
}

func sameSums(a, b []readmodel.Sum) bool {
	return slices.EqualFunc(a, b, func(a, b readmodel.Sum) bool {
		return a.Group == b.Group && a.ID == b.ID && maps.Equal(a.Amounts, b.Amounts)
	})
}
