package httpapi_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/payment"
	"github.com/daybook-es/daybook/pkg/httpapi"
)

var wednesday = time.Date(2026, 11, 25, 23, 30, 0, 0, time.UTC)

// sell places an order that is paid for, and given back the day after if so.
func (w *world) sell(back bool) {
	w.t.Helper()
	id, due := strings.TrimPrefix(w.place(), "/orders/"), domain.Money{Amount: 5998, Currency: "USD"}
	commands := []payment.Command{payment.Take{Amount: due, Method: "tok_ok", At: wednesday}, payment.Capture{Amount: due, At: wednesday}}
	if back {
		commands = append(commands, payment.Refund{Charged: due, At: wednesday.Add(time.Hour)})
	}
	payments := command.New(w.store, w.config.Tenant, payment.Aggregate)
	for _, c := range commands {
		if _, err := payments.Do(w.t.Context(), id, command.Request{}, c); err != nil {
			w.t.Fatal(err)
		}
	}
}

func usd(amount int) string { return fmt.Sprintf(`{"amount":%d,"currency":"USD"}`, amount) }

func revenue(sales, refunds, captured, refunded, average int) string {
	return fmt.Sprintf(`"sales":%d,"refunds":%d,"captured":%s,"refunded":%s,"net":%s,"average":%s`,
		sales, refunds, usd(captured), usd(refunded), usd(captured-refunded), usd(average))
}

func top(id string) string {
	one := fmt.Sprintf(`[{"id":%q,"amount":%s,"times":1}]`, id, usd(5998))
	return fmt.Sprintf(`{"byAmount":%s,"byTimes":%s}`, one, one)
}

func (r reply) says(t *testing.T, what, want string) {
	t.Helper()
	if r.status != http.StatusOK || r.body != want {
		t.Errorf("%s: got %d %s\nwant %s", what, r.status, r.body, want)
	}
}

func TestStatisticsAreShown(t *testing.T) {
	w := newWorld(t)
	w.do("GET", "/statistics", "").says(t, "of nothing",
		`{"orders":0,"byStatus":{"cancelled":0,"cancelling":0,"confirmed":0,"delivered":0,"pending":0,"returned":0,"shipped":0,"submitted":0},"active":0,"cancelled":0,"revenue":[]}`)
	w.sell(false)
	w.sell(true)
	w.do("POST", w.place()+"/cancel", `{"reason": "x"}`)
	w.do("GET", "/statistics", "").says(t, "of three orders",
		`{"orders":3,"byStatus":{"cancelled":1,"cancelling":0,"confirmed":0,"delivered":0,"pending":2,"returned":0,"shipped":0,"submitted":0},"active":2,"cancelled":1,"revenue":[{`+
			revenue(2, 1, 11996, 5998, 5998)+`}]}`)
}

func TestStatisticsAreKeptForAMomentWhereReadsDoNotWait(t *testing.T) {
	var settled func(context.Context) error
	w := newWorld(t, func(c *httpapi.Config) { settled, c.Settled = c.Settled, nil })
	for i, c := range []struct {
		orders  string
		headers []string
	}{{"0", nil}, {"0", nil}, {"1", []string{"Cache-Control: max-age=0"}}, {"1", []string{"Cache-Control: private, No-Cache"}}, {"0", []string{"Cache-Control: max-age=1"}}} {
		got := w.do("GET", "/statistics", "", c.headers...)
		if !strings.HasPrefix(got.body, `{"orders":`+c.orders+`,`) || !slices.Contains([]string{"0", "1"}, got.header.Get("Age")) {
			t.Errorf("%d: got %s, %q s old", i, got.body, got.header.Get("Age"))
		}
		if i == 0 {
			w.place()
			if err := settled(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestSalesAreShownByPeriod(t *testing.T) {
	w := newWorld(t)
	w.sell(false)
	w.sell(true)
	sale := `{"from":"2026-11-25","to":"2026-11-25",` + revenue(2, 0, 11996, 0, 5998) + `}`
	refund := `{"from":"2026-11-26","to":"2026-11-26",` + revenue(0, 1, 0, 5998, 0) + `}`
	for query, want := range map[string]string{
		"by=day&from=2026-11-25&to=2026-11-26": sale + "," + refund,
		"by=day&from=2026-11-25&to=2026-11-25": sale,
		"by=day&from=2026-11-26&to=2027-12-29": refund,
		"by=day&from=2026-11-27&to=2026-11-27": "",
		"by=week&from=2026-11-29&to=2026-11-29&top=1": `{"from":"2026-11-23","to":"2026-11-29",` + revenue(2, 1, 11996, 5998, 5998) +
			`,"topCustomers":` + top("cust-1") + `,"topProducts":` + top("product-1") + `}`,
		"by=month&from=2026-11-30&to=2026-11-30": `{"from":"2026-11-01","to":"2026-11-30",` + revenue(2, 1, 11996, 5998, 5998) + `}`,
	} {
		w.do("GET", "/sales?"+query, "").says(t, query, `{"items":[`+want+`]}`)
	}
}

func TestWhichSalesAreAskedForIsReadStrictly(t *testing.T) {
	w := newWorld(t)
	const right = "by=day&from=2026-11-25&to=2026-11-25"
	for query, name := range map[string]string{
		"":                                           "by",
		"from=2026-11-25&to=2026-11-25":              "by",
		"by=&from=2026-11-25&to=":                    "by",
		"by=year&from=2026-11-25&to=":                "by",
		"by=Day&from=2026-11-25&to=":                 "by",
		"by=day&to=2026-11-25":                       "from",
		"by=day&from=2026-11-25":                     "to",
		"by=day&from=2026-11-25&to=":                 "to",
		right + "&top=0":                             "top",
		right + "&top=21":                            "top",
		right + "&top=-1":                            "top",
		right + "&top=1.0":                           "top",
		right + "&top=99999999999999999999":          "top",
		right + "&top=":                              "top",
		right + "&limit=1":                           `"limit"`,
		right + "&by=day":                            "by",
		right + "&from=2026-11-25":                   "from",
		right + "&customer=cust-1":                   `"customer"`,
		"by=day&from=2026-11-26&to=2026-11-25":       "from",
		"by=month&from=2026-11-26&to=2026-11-25":     "from", // of one month
		"by=day&from=2026-01-01&to=2027-02-05":       "to",
		"by=week&from=2026-01-05&to=2033-09-05":      "to",
		"by=month&from=2026-01-31&to=2059-05-01":     "to",
		"by=day&from=0000-01-01&to=9999-12-31":       "to",
		"by=day&from=2026-11-01&to=2026-12-02&top=5": "to",
	} {
		got := w.do("GET", "/sales?"+query, "")
		got.expect(t, query, http.StatusBadRequest, "query.invalid", "")
		if !strings.HasPrefix(got.field("detail"), name+": ") {
			t.Errorf("%s: %s; want it to name %s", query, got.field("detail"), name)
		}
	}
	for _, day := range []string{
		"2026-02-29", "2026-11-31", "2026-13-01", "2026-00-01", "2026-11-00", "2026-1-1", "26-11-25", "2026-11-25T00:00:00Z", "2026-11", "2026-W48", "20261125", "today",
		"-2026-11-25", "%2B2026-11-25", "2026-11-25%20", "%202026-11-25", "2026-11-25%00", "12026-11-25", "%D9%A2026-11-25", "1764028800",
	} {
		for name, query := range map[string]string{"from": "by=day&to=2026-11-25&from=", "to": "by=day&from=2026-11-25&to="} {
			got := w.do("GET", "/sales?"+query+day, "")
			got.expect(t, query+day, http.StatusBadRequest, "query.invalid", "")
			if !strings.HasPrefix(got.field("detail"), name+": ") {
				t.Errorf("%s=%s: %s", name, day, got.field("detail"))
			}
		}
	}
	for _, query := range []string{
		right, right + "&top=20", "by=day&from=2024-02-29&to=2024-02-29", "by=day&from=2026-01-01&to=2027-02-04", "by=week&from=2026-01-11&to=2033-09-04",
		"by=month&from=2026-01-31&to=2059-04-01", "by=day&from=2026-11-01&to=2026-12-01&top=5", "by=week&from=0000-01-01&to=0000-01-01", "by=month&from=9999-12-31&to=9999-12-31",
	} {
		w.do("GET", "/sales?"+query, "").says(t, query, `{"items":[]}`)
	}
	for _, target := range []string{"/statistics?by=day", "/statistics?x", "/customers/cust-1?limit=1", "/customers/cust-1?min_version=1"} {
		w.do("GET", target, "").expect(t, target, http.StatusBadRequest, "query.invalid", "")
	}
}

func TestACustomerIsShown(t *testing.T) {
	w := newWorld(t)
	w.do("GET", "/customers/cust-1", "").expect(t, "nobody yet", http.StatusNotFound, "customer.unknown", "")
	w.place()
	if got := w.do("GET", "/customers/cust-1", ""); got.field("orders") != "1" || got.field("spent") != "[]" {
		t.Errorf("an order that is not paid for: %s", got.body)
	}
	w.sell(false)
	w.sell(true)
	for range 9 {
		w.place()
	}
	got := w.do("GET", "/customers/cust-1", "")
	recent, _, _ := strings.Cut(w.do("GET", "/orders?customer=cust-1&limit=10", "").body, `,"next":`)
	got.says(t, "cust-1", `{"id":"cust-1","orders":12,"spent":[{`+revenue(2, 1, 11996, 5998, 5998)+`,"topProducts":`+top("product-1")+`}],"recent":`+
		strings.TrimPrefix(recent, `{"items":`)+`}`)
	w.do("GET", "/customers/cust-2", "").expect(t, "somebody else", http.StatusNotFound, "customer.unknown", "")
	w.do("GET", "/customers/cust%2F1", "").expect(t, "no id", http.StatusNotFound, "path.unknown", "")
}
