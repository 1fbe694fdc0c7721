package httpapi

import (
	"context"
	"strconv"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/readmodel/orderlist"
	"github.com/daybook-es/daybook/pkg/readmodel/sales"
)

const (
	mostPeriods   = 400 // in one answer
	mostWithTop   = 31  // where each comes with its largest, which are queries of their own
	largestTop    = 20
	recentOrders  = 10 // of a customer
	productsShown = 10 // of a customer
)

func (a *api) getStatistics(c *call) (answer, error) {
	read := func() (sales.Statistics, error) {
		ctx, cancel := context.WithTimeout(c.r.Context(), patience)
		defer cancel()
		a.settle(ctx)
		return sales.Read(c.r.Context(), a.Views, a.Tenant)
	}
	var got sales.Statistics
	var age time.Duration
	var err error
	if a.Settled != nil || anew(c.r.Header) { // who waits for the views wants what they hold now
		got, err = read()
	} else {
		got, age, err = a.statistics.get(read)
	}
	if err != nil {
		return answer{}, err
	}
	c.w.Header().Set("Age", strconv.Itoa(int(age.Seconds())))
	return sayList(got)
}

func (a *api) listSales(c *call) (answer, error) {
	q, err := c.query.sales()
	if err != nil {
		return answer{}, err
	}
	ctx, cancel := context.WithTimeout(c.r.Context(), patience)
	defer cancel()
	a.settle(ctx)
	periods, err := sales.List(c.r.Context(), a.Views, a.Tenant, q)
	if err != nil {
		return answer{}, err
	}
	return sayList(struct {
		Items []sales.Period `json:"items"`
	}{periods})
}

// sales reads which periods are asked for.
func (q query) sales() (s sales.Query, err error) {
	if s.By = sales.By(q["by"]); !s.By.Known() {
		return s, badQuery("by: day, week or month")
	}
	if s.From, err = q.day("from"); err != nil {
		return s, err
	}
	if s.To, err = q.day("to"); err != nil {
		return s, err
	}
	if s.From.After(s.To) {
		return s, badQuery("from: a day that is not after to")
	}
	most := mostPeriods
	if text, given := q["top"]; given {
		n, ok := parsePlain(text)
		if !ok || n < 1 || n > largestTop {
			return s, badQuery("top: a whole number from 1 to %d", largestTop)
		}
		s.Top, most = int(n), mostWithTop
	}
	if !s.By.Within(s.From, s.To, most) {
		return s, badQuery("to: at most %d periods after from, or %d with top", mostPeriods-1, mostWithTop-1)
	}
	return s, nil
}

func (q query) day(name string) (time.Time, error) {
	day, err := time.Parse(time.DateOnly, q[name])
	if err != nil {
		return time.Time{}, badQuery("%s: a day that there is, such as 2026-11-25", name)
	}
	return day, nil
}

var errNoCustomer = domain.RefuseMissing("customer.unknown", "nobody of that name has placed an order")

func (a *api) getCustomer(c *call) (answer, error) {
	ctx, cancel := context.WithTimeout(c.r.Context(), patience)
	defer cancel()
	a.settle(ctx)
	id := order.CustomerID(c.ids["id"])
	got, there, err := sales.Find(c.r.Context(), a.Views, a.Tenant, id, productsShown)
	if err != nil {
		return answer{}, err
	}
	if !there {
		return answer{}, errNoCustomer
	}
	recent, _, err := orderlist.List(c.r.Context(), a.Views, a.Tenant, orderlist.Query{Customer: id, Limit: recentOrders})
	if err != nil {
		return answer{}, err
	}
	return sayList(struct {
		sales.Customer
		Recent []orderlist.Line `json:"recent"`
	}{got, recent})
}
