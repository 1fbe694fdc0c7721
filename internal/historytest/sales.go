package historytest

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/sales"
)

// A till is what was sold, added up one order after the other from what the
// aggregates say.
type till struct {
	sold, refunds, captured, refunded int64
	customers, products               map[string][2]int64 // amount and times, net
}

func newTill() *till {
	return &till{customers: map[string][2]int64{}, products: map[string][2]int64{}}
}

func (r *till) ring(o order.State, amount, sign int64) {
	if sign > 0 {
		r.sold, r.captured = r.sold+1, r.captured+amount
	} else {
		r.refunds, r.refunded = r.refunds+1, r.refunded+amount
	}
	c := r.customers[string(o.CustomerID)]
	r.customers[string(o.CustomerID)] = [2]int64{c[0] + sign*amount, c[1] + sign}
}

// bag takes the items of an order, or gives them back.
func (r *till) bag(o order.State, sign int64) {
	for _, i := range o.Items {
		p := r.products[string(i.ProductID)]
		r.products[string(i.ProductID)] = [2]int64{p[0] + sign*i.Quantity*i.UnitPrice.Amount, p[1] + sign}
	}
}

// tills are by currency.
type tills map[domain.Currency]*till

func (all tills) of(in domain.Currency) *till {
	if all[in] == nil {
		all[in] = newTill()
	}
	return all[in]
}

// pass rings up the sale of an order, or its refund: there, and here what was
// bought, in the currency that the order is in.
func (all tills) pass(o order.State, m domain.Money, sign int64) {
	all.of(m.Currency).ring(o, m.Amount, sign)
	all.of(o.Total.Currency).bag(o, sign)
}

func (r *till) revenue(in domain.Currency) string {
	average := int64(0)
	if r.sold > 0 {
		average = r.captured / r.sold
	}
	return fmt.Sprintf("%d %d %s %d %d %d %d", r.sold, r.refunds, in, r.captured, r.refunded, r.captured-r.refunded, average)
}

func shown(r sales.Revenue) string {
	return fmt.Sprintf("%s %s %s %s %s %s %s", r.Sales, r.Refunds, r.Net.Currency, r.Captured.Amount, r.Refunded.Amount, r.Net.Amount, r.Average.Amount)
}

// largest writes all of which something is left, by amount and by times; equals
// by name.
func largest(of map[string][2]int64) (all [2][]string) {
	for by := range all {
		ids := slices.DeleteFunc(slices.Sorted(maps.Keys(of)), func(id string) bool { return of[id][by] <= 0 })
		slices.SortStableFunc(ids, func(a, b string) int { return cmp.Compare(of[b][by], of[a][by]) })
		for _, id := range ids {
			all[by] = append(all[by], fmt.Sprint(id, of[id]))
		}
	}
	return all
}

func shownTop(top sales.Top) (all [2][]string) {
	for by, ranks := range [][]sales.Rank{top.ByAmount, top.ByTimes} {
		slices.SortStableFunc(ranks, func(a, b sales.Rank) int {
			if by == 0 {
				return cmp.Or(b.Amount.Amount.Cmp(a.Amount.Amount), cmp.Compare(a.ID, b.ID))
			}
			return cmp.Or(b.Times.Cmp(a.Times), cmp.Compare(a.ID, b.ID))
		})
		for _, r := range ranks {
			all[by] = append(all[by], fmt.Sprint(r.ID, [2]string{r.Amount.Amount.String(), r.Times.String()}))
		}
	}
	return all
}

func same(t *rapid.T, what string, got, want any) {
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("%s: got %v\nwant %v", what, got, want)
	}
}

// agreeSales checks everything that the view of sales shows.
func (h *History) agreeSales(t *rapid.T, rows readmodel.Store) {
	ctx := context.Background()
	byStatus, shop := map[order.Status]int{}, tills{}
	orders, bought := map[order.CustomerID]int{}, make(map[order.CustomerID]tills)
	for _, id := range customers {
		bought[id] = tills{}
	}
	periods := map[sales.By]map[string]tills{sales.Day: {}, sales.Week: {}, sales.Month: {}}
	for id, o := range h.orders {
		if o.Status == order.StatusNone {
			continue
		}
		byStatus[o.Status]++
		orders[o.CustomerID]++
		for _, m := range []struct {
			domain.Money
			at   time.Time
			sign int64
		}{{h.payments[id].Captured, h.captured[id], 1}, {h.payments[id].Refunded, h.refunded[id], -1}} {
			if m.at.IsZero() {
				continue
			}
			shop.pass(o, m.Money, m.sign)
			bought[o.CustomerID].pass(o, m.Money, m.sign)
			for by, all := range periods {
				first := firstDay(by, m.at)
				if all[first] == nil {
					all[first] = tills{}
				}
				all[first].pass(o, m.Money, m.sign)
			}
		}
	}
	h.agreeStatistics(t, rows, byStatus, shop)
	for id, tills := range bought {
		got, there, err := sales.Find(ctx, rows, h.Tenant, id, 100)
		if err != nil || there != (orders[id] > 0) {
			t.Fatalf("%s, of %d orders: got %v, %v", id, orders[id], there, err)
		}
		if !there {
			continue
		}
		same(t, "orders", got.Orders, orders[id])
		i := 0
		for in, r := range tills.sold() {
			same(t, string(id), shown(got.Spent[i].Revenue), r.revenue(in))
			same(t, string(id), shownTop(got.Spent[i].TopProducts), largest(r.products))
			i++
		}
		same(t, "currencies", len(got.Spent), i)
	}
	for by, all := range periods {
		got, err := sales.List(ctx, rows, h.Tenant, sales.Query{By: by, From: noon.AddDate(0, -2, 0), To: noon.AddDate(0, 3, 0), Top: 100})
		if err != nil {
			t.Fatal(err)
		}
		i := 0
		for _, first := range slices.Sorted(maps.Keys(all)) {
			for in, r := range all[first].sold() {
				p := got[i]
				same(t, string(by), p.From+shown(p.Revenue), first+r.revenue(in))
				same(t, string(by), shownTop(*p.TopCustomers), largest(r.customers))
				same(t, string(by), shownTop(*p.TopProducts), largest(r.products))
				i++
			}
		}
		same(t, "periods", len(got), i)
	}
}

// sold yields the tills in which money was, by currency.
func (all tills) sold() func(func(domain.Currency, *till) bool) {
	return func(yield func(domain.Currency, *till) bool) {
		for _, in := range slices.Sorted(maps.Keys(all)) {
			if all[in].sold+all[in].refunds > 0 && !yield(in, all[in]) {
				return
			}
		}
	}
}

func (h *History) agreeStatistics(t *rapid.T, rows readmodel.Store, byStatus map[order.Status]int, shop tills) {
	got, err := sales.Read(context.Background(), rows, h.Tenant)
	if err != nil {
		t.Fatal(err)
	}
	placed := 0
	for status, n := range byStatus {
		placed += n
		same(t, string(status), got.ByStatus[status], n)
	}
	same(t, "orders", got.Orders, placed)
	same(t, "cancelled", got.Cancelled, byStatus[order.StatusCancelled])
	same(t, "active", got.Active, placed-byStatus[order.StatusCancelled]-byStatus[order.StatusDelivered]-byStatus[order.StatusReturned])
	var revenue, want []string
	for _, r := range got.Revenue {
		revenue = append(revenue, shown(r))
	}
	for in, r := range shop.sold() {
		want = append(want, r.revenue(in))
	}
	same(t, "revenue", revenue, want)
}

// firstDay goes back day by day until a period begins.
func firstDay(by sales.By, at time.Time) string {
	at = at.UTC()
	for by == sales.Week && at.Weekday() != time.Monday || by == sales.Month && at.Day() != 1 {
		at = at.Add(-24 * time.Hour)
	}
	return at.Format("2006-01-02")
}
