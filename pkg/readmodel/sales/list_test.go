package sales_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/sales"
)

// sell sells two lamps at a time.
func (s *shop) sell(id string, at time.Time) {
	s.order(id, place("ada"))
	s.pay(id, at)
}

func on(date string) time.Time {
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		panic(err)
	}
	return at
}

// list writes periods as "from..to currency: sales, captured".
func list(t *testing.T, rows readmodel.Store, by sales.By, from, to string) string {
	t.Helper()
	periods, err := sales.List(t.Context(), rows, "t", sales.Query{By: by, From: on(from), To: on(to)})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, p := range periods {
		all = append(all, fmt.Sprintf("%s..%s %s: %d, %d", p.From, p.To, p.Net.Currency, p.Sales, p.Captured.Amount))
	}
	return strings.Join(all, "; ")
}

func TestPeriodsAreWholeAndThoseOfTheDaysAskedFor(t *testing.T) {
	s := newShop()
	for i, at := range []time.Time{
		time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), // a Sunday
		time.Date(2026, 11, 1, 23, 59, 59, 999_999_999, time.UTC),
		time.Date(2026, 11, 2, 1, 0, 0, 0, time.FixedZone("", 2*60*60)), // Sunday still, in UTC
		time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC),
		time.Date(2026, 11, 8, 23, 0, 0, 0, time.UTC), // the Sunday after
		time.Date(2026, 12, 31, 12, 0, 0, 0, time.UTC),
		time.Date(2027, 1, 1, 12, 0, 0, 0, time.UTC), // of the same week
		time.Date(2028, 2, 29, 12, 0, 0, 0, time.UTC),
	} {
		s.sell(fmt.Sprint(i), at)
	}
	rows, err := s.rows()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		by       sales.By
		from, to string
		want     string
	}{
		{sales.Day, "2026-11-01", "2026-11-01", "2026-11-01..2026-11-01 USD: 3, 6000"},
		{sales.Day, "2026-11-01", "2026-11-02", "2026-11-01..2026-11-01 USD: 3, 6000; 2026-11-02..2026-11-02 USD: 1, 2000"},
		{sales.Day, "2026-11-02", "2026-11-08", "2026-11-02..2026-11-02 USD: 1, 2000; 2026-11-08..2026-11-08 USD: 1, 2000"},
		{sales.Day, "2026-11-03", "2026-11-07", ""},
		{sales.Day, "2028-02-29", "2028-03-01", "2028-02-29..2028-02-29 USD: 1, 2000"},
		{sales.Week, "2026-11-01", "2026-11-01", "2026-10-26..2026-11-01 USD: 3, 6000"},
		{sales.Week, "2026-10-26", "2026-11-02", "2026-10-26..2026-11-01 USD: 3, 6000; 2026-11-02..2026-11-08 USD: 2, 4000"},
		{sales.Week, "2027-01-03", "2027-01-03", "2026-12-28..2027-01-03 USD: 2, 4000"},
		{sales.Week, "2027-01-04", "2027-01-31", ""},
		{sales.Month, "2026-11-30", "2026-11-30", "2026-11-01..2026-11-30 USD: 5, 10000"},
		{sales.Month, "2026-12-15", "2027-01-15", "2026-12-01..2026-12-31 USD: 1, 2000; 2027-01-01..2027-01-31 USD: 1, 2000"},
		{sales.Month, "2028-02-01", "2028-12-31", "2028-02-01..2028-02-29 USD: 1, 2000"},
		{sales.Month, "0001-01-01", "9999-12-31", "2026-11-01..2026-11-30 USD: 5, 10000; 2026-12-01..2026-12-31 USD: 1, 2000; 2027-01-01..2027-01-31 USD: 1, 2000; 2028-02-01..2028-02-29 USD: 1, 2000"},
	} {
		if got := list(t, rows, c.by, c.from, c.to); got != c.want {
			t.Errorf("by %s from %s to %s:\ngot  %s\nwant %s", c.by, c.from, c.to, got, c.want)
		}
	}
}

func TestHowManyPeriodsAreAskedFor(t *testing.T) {
	for _, c := range []struct {
		by       sales.By
		from, to string
		periods  int
	}{
		{sales.Day, "2026-11-25", "2026-11-25", 1},
		{sales.Day, "2026-11-25", "2026-12-01", 7},
		{sales.Day, "2024-01-01", "2024-12-31", 366},
		{sales.Week, "2026-11-23", "2026-11-29", 1},
		{sales.Week, "2026-11-29", "2026-11-30", 2},
		{sales.Month, "2026-11-01", "2026-11-30", 1},
		{sales.Month, "2026-01-31", "2026-02-01", 2},
		{sales.Month, "2026-01-31", "2027-01-01", 13},
	} {
		from, to := on(c.from), on(c.to)
		if !c.by.Within(from, to, c.periods) || c.by.Within(from, to, c.periods-1) {
			t.Errorf("by %s from %s to %s: not %d", c.by, c.from, c.to, c.periods)
		}
	}
}

func TestCurrenciesAreSummedApart(t *testing.T) {
	s := newShop()
	euro := place("ada")
	euro.Items = []order.Item{goods("desk", 1, 700)}
	euro.Items[0].UnitPrice.Currency = "EUR"
	s.order("euro", euro)
	s.pay("euro", noon)
	for i := range 20 { // on more than one shard
		s.sell(fmt.Sprint(i), noon)
	}
	rows, err := s.rows()
	if err != nil {
		t.Fatal(err)
	}
	want := "2026-11-01..2026-11-30 EUR: 1, 700; 2026-11-01..2026-11-30 USD: 20, 40000"
	if got := list(t, rows, sales.Month, "2026-11-01", "2026-11-30"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	statistics, err := sales.Read(t.Context(), rows, "t")
	shows(t, statistics.Revenue, err, "[{"+revenue(1, 0, 700, 0, 700, "EUR")+"},{"+revenue(20, 0, 40000, 0, 2000, "USD")+"}]")
	ada, _, err := sales.Find(t.Context(), rows, "t", "ada", 3)
	euros := `{"id":"desk","amount":{"amount":700,"currency":"EUR"},"times":1}`
	shows(t, ada, err, spent(21,
		"{"+revenue(1, 0, 700, 0, 700, "EUR")+`,"topProducts":`+top(euros, euros)+"}",
		"{"+revenue(20, 0, 40000, 0, 2000, "USD")+`,"topProducts":`+top(rank("lamp", 40000, 20), rank("lamp", 40000, 20))+"}"))
}

func TestOnlySoManyOfTheLargestAreShown(t *testing.T) {
	s := newShop()
	for i := range int64(5) {
		o := place(order.CustomerID(fmt.Sprint("c", i)))
		o.Items = []order.Item{goods(order.ProductID(fmt.Sprint("p", i)), 1, i+1)}
		s.order(fmt.Sprint(i), o)
		s.pay(fmt.Sprint(i), noon)
	}
	rows, err := s.rows()
	if err != nil {
		t.Fatal(err)
	}
	periods, err := sales.List(t.Context(), rows, "t", sales.Query{By: sales.Week, From: noon, To: noon, Top: 2})
	if err != nil || len(periods) != 1 {
		t.Fatal(periods, err)
	}
	shows(t, periods[0].TopCustomers.ByAmount, err, "["+rank("c4", 5, 1)+","+rank("c3", 4, 1)+"]")
	shows(t, periods[0].TopProducts.ByAmount, err, "["+rank("p4", 5, 1)+","+rank("p3", 4, 1)+"]")
	if n := len(periods[0].TopProducts.ByTimes); n != 2 {
		t.Errorf("%d by times", n)
	}
}

func TestTheLargestOrderThatThereMayBeFitsIntoAnItemOfAStore(t *testing.T) {
	o := place(order.CustomerID(strings.Repeat("c", 64)))
	o.Items = make([]order.Item, order.MaxItems)
	for i := range o.Items {
		o.Items[i] = goods(order.ProductID(fmt.Sprintf("%064d", i)), order.MaxQuantity, order.MaxPrice/order.MaxItems)
		o.Items[i].Name = strings.Repeat("<", 200)
	}
	s := newShop()
	s.order("1", o)
	s.pay("1", noon)
	s.refund("1", noon.AddDate(0, 1, 0))
	rows, err := s.rows()
	if err != nil {
		t.Fatal(err)
	}
	row, err := rows.Get(t.Context(), readmodel.Key{View: sales.View, Tenant: "t", ID: "1"})
	if err != nil {
		t.Fatal(err)
	}
	sums, err := json.Marshal(row.Sums)
	if size := len(row.Data) + len(sums); err != nil || size > eventstore.MaxItem*9/10 {
		t.Errorf("%d bytes, of which %d are sums, %v; an item has %d", size, len(sums), err, eventstore.MaxItem)
	}
}

func TestAnotherTenantSeesNothing(t *testing.T) {
	s := newShop()
	s.sell("1", noon)
	rows, err := s.rows()
	if err != nil {
		t.Fatal(err)
	}
	statistics, err := sales.Read(t.Context(), rows, "other")
	if err != nil || statistics.Orders.Sign() != 0 {
		t.Errorf("got %v, %v", statistics, err)
	}
	if _, there, err := sales.Find(t.Context(), rows, "other", "ada", 3); there || err != nil {
		t.Errorf("ada is there: %v, %v", there, err)
	}
	periods, err := sales.List(t.Context(), rows, "other", sales.Query{By: sales.Day, From: noon, To: noon})
	if err != nil || !slices.Equal(periods, []sales.Period{}) || periods == nil {
		t.Errorf("got %v, %v", periods, err)
	}
}

func Example() {
	s := newShop()
	s.sell("1", noon)
	s.sell("2", noon.Add(day))
	s.refund("2", noon.Add(2*day))
	rows, err := s.rows()
	if err != nil {
		fmt.Println(err)
		return
	}
	days, err := sales.List(context.Background(), rows, "t", sales.Query{By: sales.Day, From: noon, To: noon.Add(7 * day)})
	for _, d := range days {
		fmt.Println(d.From, d.Sales, d.Refunds, d.Net.Amount, d.Net.Currency, err)
	}
	// Output:
	// 2026-11-25 1 0 2000 USD <nil>
	// 2026-11-26 1 0 2000 USD <nil>
	// 2026-11-27 0 1 -2000 USD <nil>
}
