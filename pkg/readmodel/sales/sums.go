package sales

import (
	"hash/fnv"
	"strconv"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// The groups of sums, and the IDs in them:
//
//	statistics                             shard
//	sales/<by>                             <first day>/<currency>/<shard>
//	customers/<by>/<first day>/<currency>  customer
//	products/<by>/<first day>/<currency>   product
//	customer/<customer>                    total
//	bought/<currency>/<customer>           product
//
// What every order changes would be written by all at once: it is split into
// shards, by order. What belongs to one customer or product is one sum, so that
// the largest can be asked for.
const (
	statistics = "statistics"
	total      = "total"
	shards     = 8
)

func salesBy(by By) string                  { return "sales/" + string(by) }
func customersIn(span string) string        { return "customers/" + span }
func productsIn(span string) string         { return "products/" + span }
func ofCustomer(id order.CustomerID) string { return "customer/" + string(id) }

func boughtBy(id order.CustomerID, in domain.Currency) string {
	return "bought/" + string(in) + "/" + string(id)
}

// spanOf names a period and a currency.
func spanOf(by By, first string, in domain.Currency) string {
	return string(by) + "/" + first + "/" + string(in)
}

// The amounts, next to those by which sums are ranked. In the statistics and in a
// customer's total they have their currency after them; the statistics also count
// each status, under its name.
const (
	orders   = "orders"
	sold     = "sales"
	refunds  = "refunds"
	captured = "captured"
	refunded = "refunded"
)

// A movement is a sale, or with the sign -1 a refund. Its names are those of how
// many there are, and of their money.
type movement struct {
	entry
	sign        int64
	count, paid string
}

func (r row) movements() (all []movement) {
	if r.Captured != nil {
		all = append(all, movement{*r.Captured, 1, sold, captured})
	}
	if r.Refunded != nil {
		all = append(all, movement{*r.Refunded, -1, refunds, refunded})
	}
	return all
}

// sums returns what an order contributes.
func sums(k readmodel.Key, r row) []readmodel.Sum {
	if r.Status == order.StatusNone {
		return nil
	}
	shard := shardOf(k.ID)
	shop, customer := map[string]int64{string(r.Status): 1}, map[string]int64{orders: 1}
	all := []readmodel.Sum{{Group: statistics, ID: shard, Amounts: shop}, {Group: ofCustomer(r.CustomerID), ID: total, Amounts: customer}}
	for _, m := range r.movements() {
		for _, amounts := range []map[string]int64{shop, customer} {
			amounts[m.count+suffix(m.Currency)] = 1
			amounts[m.paid+suffix(m.Currency)] = m.Amount
		}
		for _, by := range periods {
			first := by.first(m.At)
			all = append(all,
				readmodel.Sum{
					Group: salesBy(by), ID: first + "/" + string(m.Currency) + "/" + shard,
					Amounts: map[string]int64{m.count: 1, m.paid: m.Amount},
				},
				ranked(customersIn(spanOf(by, first, m.Currency)), string(r.CustomerID), m.sign, m.Amount))
			for _, i := range r.Items {
				all = append(all, ranked(productsIn(spanOf(by, first, i.UnitPrice.Currency)), string(i.ProductID), m.sign, priceOf(i)))
			}
		}
		for _, i := range r.Items {
			all = append(all, ranked(boughtBy(r.CustomerID, i.UnitPrice.Currency), string(i.ProductID), m.sign, priceOf(i)))
		}
	}
	return all
}

// suffix stands after the name of an amount in a currency.
func suffix(c domain.Currency) string { return "/" + string(c) }

func ranked(group, id string, sign, amount int64) readmodel.Sum {
	return readmodel.Sum{Group: group, ID: id, Amounts: map[string]int64{readmodel.ByTimes: sign, readmodel.ByAmount: sign * amount}}
}

// priceOf is the price of all pieces, of which the order has checked that it can
// be counted.
func priceOf(i order.Item) int64 { return i.Quantity * i.UnitPrice.Amount }

func shardOf(id string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // cannot fail
	return strconv.Itoa(int(h.Sum32() % shards))
}
