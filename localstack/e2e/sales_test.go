package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A revenue is what the API says of sales in one currency.
type revenue struct {
	Sales, Refunds int
	Net            struct {
		Amount   int
		Currency string
	}
}

// krona is the revenue in a currency in which nothing else is sold here.
func krona(all []revenue) (sum revenue) {
	for _, r := range all {
		if r.Net.Currency == "ISK" {
			sum.Sales += r.Sales
			sum.Refunds += r.Refunds
			sum.Net.Amount += r.Net.Amount
		}
	}
	return sum
}

// krona reads it from the statistics, and from the days around this one.
func (s *stack) krona(t *testing.T) (all, lately revenue) {
	t.Helper()
	var statistics struct{ Revenue []revenue }
	var sales struct{ Items []revenue }
	now := time.Now().UTC()
	days := fmt.Sprintf("/sales?by=day&from=%s&to=%s", now.AddDate(0, 0, -1).Format(time.DateOnly), now.AddDate(0, 0, 1).Format(time.DateOnly))
	if s.get(t, "/statistics", &statistics) != http.StatusOK || s.get(t, days, &sales) != http.StatusOK {
		t.Fatal("no statistics, or no sales")
	}
	return krona(statistics.Revenue), krona(sales.Items)
}

func TestASaleAndARefundAreInTheFiguresOnce(t *testing.T) {
	s := open(t)
	before, lately := s.krona(t)
	customer, product := fresh("customer"), s.receive(t, 10)
	for _, postalCode := range []string{"12345", "00000"} {
		p := want(product, 2)
		p.postalCode = postalCode
		body := strings.NewReplacer("cust-456", customer, `"USD"`, `"ISK"`).Replace(p.body())
		var placed struct{ ID string }
		if err := json.Unmarshal([]byte(s.post(t, "/orders", fresh("place"), body, http.StatusCreated).body), &placed); err != nil {
			t.Fatal(err)
		}
		s.post(t, "/orders/"+placed.ID+"/submit", fresh("submit"), "", http.StatusAccepted)
		s.ended(t, placed.ID)
	}
	added := func(to revenue) revenue {
		to.Sales, to.Refunds, to.Net.Amount = to.Sales+2, to.Refunds+1, to.Net.Amount+2*price
		return to
	}
	if !until(func() bool { all, now := s.krona(t); return all == added(before) && now == added(lately) }) {
		all, now := s.krona(t)
		t.Errorf("in all %+v, lately %+v; want %+v and %+v", all, now, added(before), added(lately))
	}

	var shown struct {
		Orders int
		Spent  []struct {
			revenue
			TopProducts struct {
				ByTimes []struct {
					ID    string
					Times int
				}
			}
		}
		Recent []struct{ Status string }
	}
	statuses := func() string { return fmt.Sprint(shown.Recent) }
	if !until(func() bool {
		return s.get(t, "/customers/"+customer, &shown) == http.StatusOK && statuses() == "[{cancelled} {shipped}]" && len(shown.Spent) == 1 && shown.Spent[0].Refunds == 1
	}) || shown.Orders != 2 || shown.Spent[0].Net.Amount != 2*price || fmt.Sprint(shown.Spent[0].TopProducts.ByTimes) != fmt.Sprintf("[{%s 1}]", product) {
		t.Errorf("the customer is %+v", shown)
	}
}
