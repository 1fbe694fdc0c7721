package sales_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/payment"
	"github.com/daybook-es/daybook/pkg/readmodel/sales"
)

// revenue writes {sales, refunds, captured, refunded, net, average}.
func revenue(sold, refunds, captured, refunded, average int64, in string) string {
	money := func(n int64) string { return fmt.Sprintf(`{"amount":%d,"currency":%q}`, n, in) }
	return fmt.Sprintf(`"sales":%d,"refunds":%d,"captured":%s,"refunded":%s,"net":%s,"average":%s`,
		sold, refunds, money(captured), money(refunded), money(captured-refunded), money(average))
}

func rank(id string, amount, times int64) string {
	return fmt.Sprintf(`{"id":%q,"amount":{"amount":%d,"currency":"USD"},"times":%d}`, id, amount, times)
}

func top(byAmount, byTimes string) string {
	return fmt.Sprintf(`{"byAmount":[%s],"byTimes":[%s]}`, byAmount, byTimes)
}

// statistics writes what is shown of orders, of which the counts stand in the
// order of their statuses' names.
func statistics(placed, active int, byStatus map[string]int, revenue ...string) string {
	var counts []string
	for _, status := range []string{"cancelled", "cancelling", "confirmed", "delivered", "pending", "returned", "shipped", "submitted"} {
		counts = append(counts, fmt.Sprintf("%q:%d", status, byStatus[status]))
	}
	for i, r := range revenue {
		revenue[i] = "{" + r + "}"
	}
	return fmt.Sprintf(`{"orders":%d,"byStatus":{%s},"active":%d,"cancelled":%d,"revenue":[%s]}`,
		placed, strings.Join(counts, ","), active, byStatus["cancelled"], strings.Join(revenue, ","))
}

// A story is what happened, and what is shown then: the statistics, the days from
// Monday to Sunday with the largest, and a customer.
type story struct {
	name             string
	given            func(*shop)
	statistics, days string
	ada              string
}

func tell(t *testing.T, stories ...story) {
	t.Helper()
	for _, story := range stories {
		t.Run(story.name, func(t *testing.T) {
			s := newShop()
			story.given(s)
			rows, err := s.rows()
			if err != nil {
				t.Fatal(err)
			}
			statistics, err := sales.Read(t.Context(), rows, "t")
			shows(t, statistics, err, story.statistics)
			days, err := sales.List(t.Context(), rows, "t", sales.Query{By: sales.Day, From: noon.Add(-2 * day), To: noon.Add(4 * day), Top: 3})
			shows(t, days, err, "["+story.days+"]")
			ada, there, err := sales.Find(t.Context(), rows, "t", "ada", 3)
			if there != (story.ada != "") {
				t.Fatalf("ada is there: %v", there)
			}
			if there {
				shows(t, ada, err, story.ada)
			}
		})
	}
}

const (
	wednesday = `{"from":"2026-11-25","to":"2026-11-25",`
	thursday  = `{"from":"2026-11-26","to":"2026-11-26",`
)

func largest(customers, products string) string {
	return `,"topCustomers":` + customers + `,"topProducts":` + products + `}`
}

func spent(orders int64, spent ...string) string {
	return fmt.Sprintf(`{"id":"ada","orders":%d,"spent":[%s]}`, orders, strings.Join(spent, ","))
}

var none = top("", "")

func TestWhatCounts(t *testing.T) {
	change := func(s *shop) {
		s.order("1", place("ada"), order.AddItem{Item: goods("desk", 1, 5001)}, order.AddItem{Item: goods("lamp", 1, 1000)}, order.RemoveItem{ProductID: "lamp"}, order.Submit{})
	}
	tell(
		t,
		story{
			name: "where nothing happened there is nothing", given: func(*shop) {},
			statistics: statistics(0, 0, nil),
		},
		story{
			name: "an order counts when it is placed, and is no sale", given: func(s *shop) { s.order("1", place("ada")) },
			statistics: statistics(1, 1, map[string]int{"pending": 1}), ada: spent(1),
		},
		story{
			name: "also when it is cancelled then", given: func(s *shop) { s.order("1", place("ada"), order.Cancel{Reason: "x"}) },
			statistics: statistics(1, 0, map[string]int{"cancelled": 1}), ada: spent(1),
		},
		story{
			name: "an order counts under the status that it is in",
			given: func(s *shop) {
				way := []order.Command{
					place("bob"),
					order.Submit{},
					order.Confirm{Payment: domain.Money{Amount: 2000, Currency: "USD"}},
					order.Ship{TrackingNumber: "T"},
					order.Deliver{},
					order.Return{Reason: "x"},
				}
				for i := range way {
					s.order(fmt.Sprint(i), way[:i+1]...)
				}
				s.order("back", place("bob"), order.Submit{}, order.BeginCancel{Reason: "x"})
				s.order("gone", place("bob"), order.Submit{}, order.BeginCancel{Reason: "x"}, order.EndCancel{})
			},
			statistics: statistics(8, 5, map[string]int{"pending": 1, "submitted": 1, "confirmed": 1, "shipped": 1, "delivered": 1, "returned": 1, "cancelling": 1, "cancelled": 1}),
		},
		story{
			name: "a payment that was taken or declined is no sale",
			given: func(s *shop) {
				s.order("1", place("ada"))
				s.payment("1", payment.Take{Amount: domain.Money{Amount: 2000, Currency: "USD"}, Method: "tok_declined", At: noon}, payment.Decline{At: noon}, payment.Refund{At: noon})
			},
			statistics: statistics(1, 1, map[string]int{"pending": 1}), ada: spent(1),
		},
		story{
			name:  "a sale counts on the day of the capture, by what was ordered in the end",
			given: func(s *shop) { change(s); s.pay("1", noon.Add(day)) },

			statistics: statistics(1, 1, map[string]int{"submitted": 1}, revenue(1, 0, 5001, 0, 5001, "USD")),
			days:       thursday + revenue(1, 0, 5001, 0, 5001, "USD") + largest(top(rank("ada", 5001, 1), rank("ada", 5001, 1)), top(rank("desk", 5001, 1), rank("desk", 5001, 1))),
			ada:        spent(1, "{"+revenue(1, 0, 5001, 0, 5001, "USD")+`,"topProducts":`+top(rank("desk", 5001, 1), rank("desk", 5001, 1))+"}"),
		},
		story{
			name: "a refund counts on its own day",
			given: func(s *shop) {
				s.order("1", place("ada"))
				s.pay("1", noon)
				s.refund("1", noon.Add(day))
			},
			statistics: statistics(1, 1, map[string]int{"pending": 1}, revenue(1, 1, 2000, 2000, 2000, "USD")),
			days: wednesday + revenue(1, 0, 2000, 0, 2000, "USD") + largest(top(rank("ada", 2000, 1), rank("ada", 2000, 1)), top(rank("lamp", 2000, 1), rank("lamp", 2000, 1))) + "," +
				thursday + revenue(0, 1, 0, 2000, 0, "USD") + largest(none, none),
			ada: spent(1, "{"+revenue(1, 1, 2000, 2000, 2000, "USD")+`,"topProducts":`+none+"}"),
		},
		story{
			name: "a charge that is learned of by its refund is a sale and a refund",
			given: func(s *shop) {
				s.order("1", place("ada"))
				s.payment("1", payment.Refund{Charged: domain.Money{Amount: 2000, Currency: "USD"}, At: noon})
			},
			statistics: statistics(1, 1, map[string]int{"pending": 1}, revenue(1, 1, 2000, 2000, 2000, "USD")),
			days:       wednesday + revenue(1, 1, 2000, 2000, 2000, "USD") + largest(none, none),
			ada:        spent(1, "{"+revenue(1, 1, 2000, 2000, 2000, "USD")+`,"topProducts":`+none+"}"),
		},
		story{
			name: "a free order is a sale of nothing",
			given: func(s *shop) {
				free := place("ada")
				free.Items = []order.Item{goods("leaflet", 1, 0)}
				s.order("1", free)
				s.pay("1", noon)
			},
			statistics: statistics(1, 1, map[string]int{"pending": 1}, revenue(1, 0, 0, 0, 0, "USD")),
			days:       wednesday + revenue(1, 0, 0, 0, 0, "USD") + largest(top("", rank("ada", 0, 1)), top("", rank("leaflet", 0, 1))),
			ada:        spent(1, "{"+revenue(1, 0, 0, 0, 0, "USD")+`,"topProducts":`+top("", rank("leaflet", 0, 1))+"}"),
		},
		story{
			name: "a payment of an order that nobody placed counts for nothing",
			given: func(s *shop) {
				s.payment("1", payment.Refund{Charged: domain.Money{Amount: 2000, Currency: "USD"}, At: noon})
			},
			statistics: statistics(0, 0, nil),
		},
	)
}

func TestTheAverageLeavesOutWhatIsLeftOver(t *testing.T) {
	tell(t, story{
		name: "20.00, 20.00 and 50.00",
		given: func(s *shop) {
			s.order("1", place("ada"))
			s.order("2", place("ada"))
			s.order("3", place("bob"), order.ReplaceItems{Items: []order.Item{goods("desk", 1, 5000)}})
			for _, id := range []string{"1", "2", "3"} {
				s.pay(id, noon)
			}
		},
		statistics: statistics(3, 3, map[string]int{"pending": 3}, revenue(3, 0, 9000, 0, 3000, "USD")),
		days: wednesday + revenue(3, 0, 9000, 0, 3000, "USD") +
			largest(top(rank("bob", 5000, 1)+","+rank("ada", 4000, 2), rank("ada", 4000, 2)+","+rank("bob", 5000, 1)),
				top(rank("desk", 5000, 1)+","+rank("lamp", 4000, 2), rank("lamp", 4000, 2)+","+rank("desk", 5000, 1))),
		ada: spent(2, "{"+revenue(2, 0, 4000, 0, 2000, "USD")+`,"topProducts":`+top(rank("lamp", 4000, 2), rank("lamp", 4000, 2))+"}"),
	}, story{
		name: "20.00 and 0.01",
		given: func(s *shop) {
			s.order("1", place("bob"))
			s.order("2", place("bob"), order.ReplaceItems{Items: []order.Item{goods("lamp", 1, 1)}})
			s.pay("1", noon)
			s.pay("2", noon)
		},
		statistics: statistics(2, 2, map[string]int{"pending": 2}, revenue(2, 0, 2001, 0, 1000, "USD")),
		days: wednesday + revenue(2, 0, 2001, 0, 1000, "USD") +
			largest(top(rank("bob", 2001, 2), rank("bob", 2001, 2)), top(rank("lamp", 2001, 2), rank("lamp", 2001, 2))),
	})
}
