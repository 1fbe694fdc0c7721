package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/daybook-es/daybook/internal/eventually"
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

// krona reads it from the statistics, and from the days around one.
func (s *stack) krona(t *testing.T, day time.Time) (all, lately revenue) {
	t.Helper()
	var statistics struct{ Revenue []revenue }
	var sales struct{ Items []revenue }
	days := fmt.Sprintf("/sales?by=day&from=%s&to=%s", day.AddDate(0, 0, -1).Format(time.DateOnly), day.AddDate(0, 0, 1).Format(time.DateOnly))
	if s.get(t, "/statistics", &statistics) != http.StatusOK || s.get(t, days, &sales) != http.StatusOK {
		t.Fatal("no statistics, or no sales")
	}
	return krona(statistics.Revenue), krona(sales.Items)
}

func TestASaleAndARefundAreInTheFiguresOnce(t *testing.T) {
	s := open(t)
	customer, product := fresh("customer"), s.receive(t, 10)
	var ids []string
	for _, postalCode := range []string{"12345", "00000"} {
		p := want(product, 2)
		p.postalCode = postalCode
		body := strings.NewReplacer("cust-456", customer, `"USD"`, `"ISK"`).Replace(p.body())
		var placed struct{ ID string }
		if err := json.Unmarshal([]byte(s.post(t, "/orders", fresh("place"), body, http.StatusCreated).body), &placed); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, placed.ID)
	}
	day := s.placedAt(t, ids[0])
	before, lately := s.krona(t, day)
	for _, id := range ids {
		s.post(t, "/orders/"+id+"/submit", fresh("submit"), "", http.StatusAccepted)
		s.ended(t, id)
	}
	added := func(to revenue) revenue {
		to.Sales, to.Refunds, to.Net.Amount = to.Sales+2, to.Refunds+1, to.Net.Amount+2*price
		return to
	}
	eventually.Until(t, fmt.Sprintf("the revenue is %+v, and lately %+v", added(before), added(lately)), func() bool {
		all, now := s.krona(t, day)
		return all == added(before) && now == added(lately)
	})

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
	eventually.Until(t, "the customer's orders and refund are shown", func() bool {
		return s.get(t, "/customers/"+customer, &shown) == http.StatusOK && statuses() == "[{cancelled} {shipped}]" && len(shown.Spent) == 1 && shown.Spent[0].Refunds == 1
	})
	if shown.Orders != 2 || shown.Spent[0].Net.Amount != 2*price || fmt.Sprint(shown.Spent[0].TopProducts.ByTimes) != fmt.Sprintf("[{%s 1}]", product) {
		t.Errorf("the customer is %+v", shown)
	}
}
