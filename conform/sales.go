package main

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// rare is a currency in which nobody else sells here: what is sold in it by a
// check can be told from the rest.
const rare = "ISK"

func pricedIn(currency string) func(body) {
	return func(sent body) {
		sent["items"].([]any)[0].(body)["unitPrice"] = body{"amount": 2999, "currency": currency}
	}
}

func by(customer string) func(body) { return func(sent body) { sent["customerId"] = customer } }

// today returns the query for a range that holds this day, whatever its name is
// there by the time that it is asked for.
func today(by string) string {
	now := time.Now().UTC()
	return "/sales?by=" + by + "&from=" + now.AddDate(0, 0, -1).Format(time.DateOnly) + "&to=" + now.AddDate(0, 0, 1).Format(time.DateOnly)
}

// noDays are texts that name no day.
var noDays = []string{
	"", "2026-02-29", "2026-02-30", "2026-11-31", "2026-13-01", "2026-00-10", "2026-10-00", "2026-1-1", "26-01-01", "2026-11", "2026-W48", "20261125", "2026-11-25T00:00:00Z",
	"today", "-1", "0", "+2026-11-25", " 2026-11-25", "2026-11-25 ", "2026-11-25\x00", "99999-01-01", "２０２６-11-25",
}

var revenueFields = []string{"/sales", "/refunds", "/captured/amount", "/refunded/amount", "/net/amount"}

// sumsOf adds up what a list shows of the rare currency.
func sumsOf(a answer, list string) (sums [5]int64) {
	items, _ := a.at(list).([]any)
	for _, item := range items {
		of := answer{body: canonical(item)}
		if of.text("/net/currency") != rare {
			continue
		}
		for i, field := range revenueFields {
			sums[i] += of.number(field)
		}
	}
	return sums
}

func added(a, b [5]int64) [5]int64 {
	for i := range a {
		a[i] += b[i]
	}
	return a
}

// money returns what is shown of a revenue, as JSON.
func money(sales, refunds, captured, refunded, average int64) body {
	of := func(n int64) body { return body{"amount": n, "currency": rare} }
	return body{"sales": sales, "refunds": refunds, "captured": of(captured), "refunded": of(refunded), "net": of(captured - refunded), "average": of(average)}
}

func selling() []check {
	latest := get("/statistics").with("Cache-Control: no-cache")
	return []check{
		{sentence: "A sale is in the statistics, in its day, week and month, and in what its customer has spent; one that was taken back leaves nothing.", long: true, run: func(t *T) {
			reads := map[string]request{"day": get(today("day")), "week": get(today("week")), "month": get(today("month"))}
			before := map[string][5]int64{"all": sumsOf(t.must(latest, 200), "/revenue")}
			for name, r := range reads {
				before[name] = sumsOf(t.must(r, 200), "/items")
			}
			customer := fresh("customer")
			p := t.submit(t.stocked(pricedIn(rare), by(customer)))
			refused := t.submit(t.stocked(pricedIn(rare), by(customer), to("00000")))
			t.ran(p, happy())
			t.ran(refused, way("ArrangeShipment", "refused"))
			more := [5]int64{2, 1, 2 * due, due, due}
			statistics := func(a answer) any { return sumsOf(a, "/revenue") }
			t.comes(latest, statistics, added(before["all"], more))
			for name, r := range reads {
				t.comes(r, func(a answer) any { return sumsOf(a, "/items") }, added(before[name], more))
			}
			spent := money(2, 1, 2*due, due, due)
			one := body{"id": p.product, "amount": body{"amount": due, "currency": rare}, "times": 1}
			spent["topProducts"] = body{"byAmount": []any{one}, "byTimes": []any{one}}
			t.comes(get("/customers/"+customer), func(a answer) any { return []any{a.at("/orders"), a.at("/spent")} }, []any{2, []any{spent}})
		}},
		{sentence: "GET /customers/{id} shows the orders placed, paid for or not, and the newest ten as their list does.", run: func(t *T) {
			customer := fresh("customer")
			sent := anOrder()
			sent["customerId"] = customer
			each(11, func(int) { t.try(post("/orders", sent.String())) })
			list := get("/orders?limit=10&customer=" + customer)
			t.until(get("/orders?customer="+customer), func(a answer) bool { return len(a.items()) == 11 })
			want := body{"id": customer, "orders": 11, "spent": []any{}, "recent": t.must(list, 200).at("/items")}
			t.comes(get("/customers/"+customer), answer.json, want)
		}},
		{sentence: "A customer who has placed no order is 404, and an id that is none.", parses: true, run: func(t *T) {
			a := t.expect(get("/customers/"+fresh("nobody")), 404)
			t.same(a, a.at("/code"), "customer.unknown")
			for _, path := range []string{"/customers", "/customers/", "/customers/%00", "/customers/a%2Fb", "/customers/-a", "/customers/" + strings.Repeat("x", 65), "/customers/x/y"} {
				t.refuse(get(path), 404, "")
			}
		}},
		{sentence: "The statistics say by Age how old they are, and Cache-Control: no-cache has them read anew.", run: func(t *T) {
			if a := t.must(get("/statistics"), 200); !slices.Contains([]string{"0", "1"}, a.header.Get("Age")) {
				t.fail(a, "an Age below two seconds, not %q", a.header.Get("Age"))
			}
			before := t.must(latest, 200).number("/orders")
			t.place()
			t.comes(latest, func(a answer) any { return []any{a.number("/orders") > before, a.header.Get("Age")} }, []any{true, "0"})
		}},
		{sentence: "The statistics add up: orders by status, active, cancelled, and net of each currency.", run: func(t *T) {
			t.place()
			a := t.must(get("/statistics"), 200)
			var all, active int64
			for _, status := range orderStatuses {
				n := a.number("/byStatus/" + status)
				all += n
				if status != "delivered" && status != "returned" && status != "cancelled" {
					active += n
				}
			}
			t.same(a, []any{a.at("/orders"), a.at("/active"), a.at("/cancelled")}, []any{all, active, a.at("/byStatus/cancelled")})
			revenue, _ := a.at("/revenue").([]any)
			last := ""
			for _, r := range revenue {
				of := answer{request: a.request, body: canonical(r)}
				if currency := of.text("/net/currency"); currency <= last {
					t.fail(a, "each currency once, in order")
				} else {
					last = currency
				}
				t.same(of, of.number("/average/amount"), of.number("/captured/amount")/max(1, of.number("/sales")))
			}
		}},
		{sentence: "GET /sales shows whole periods by their first and last day, oldest first; a week begins on a Monday.", run: func(t *T) {
			for _, by := range []string{"day", "week", "month"} {
				a := t.must(get(today(by)+"&top=3"), 200)
				last := ""
				for _, item := range a.items() {
					of := answer{request: a.request, body: canonical(item)}
					from, err := time.Parse(time.DateOnly, of.text("/from"))
					to := map[string]time.Time{"day": from, "week": from.AddDate(0, 0, 6), "month": from.AddDate(0, 1, -1)}[by]
					place := of.text("/from") + of.text("/net/currency")
					if err != nil || of.text("/to") != to.Format(time.DateOnly) || place <= last || by == "week" && from.Weekday() != time.Monday || by == "month" && from.Day() != 1 {
						t.fail(of, "a %s after %s", by, last)
					}
					last = place
					t.ranked(of, "/topCustomers")
					t.ranked(of, "/topProducts")
				}
			}
			a := t.must(get("/sales?by=day&from=1999-12-31&to=1999-12-31"), 200)
			t.same(a, a.json(), body{"items": []any{}})
		}},
		{sentence: "Without by, from or to, with days that do not exist or are in the wrong order, or too many, it is 400.", parses: true, run: func(t *T) {
			const right = "/sales?by=day&from=2026-11-25&to=2026-11-25"
			t.expect(get(right), 200)
			t.expect(get("/sales?by=day&from=2024-02-29&to=2024-02-29&top=20"), 200)
			t.expect(get("/sales?by=day&from=2026-01-01&to=2027-02-04"), 200)
			for _, query := range []string{
				"", "?", "?by=day", "?from=2026-11-25&to=2026-11-25", "?by=day&from=2026-11-25", "?by=day&to=2026-11-25", "?by=&from=2026-11-25&to=2026-11-25",
				"?by=year&from=2026-11-25&to=2026-11-25", "?by=Day&from=2026-11-25&to=2026-11-25", "?by=day,week&from=2026-11-25&to=2026-11-25",
				"?by=day&from=2026-11-26&to=2026-11-25", "?by=month&from=2026-11-26&to=2026-11-25", "?by=day&from=2026-01-01&to=2027-02-05", "?by=day&from=0001-01-01&to=9999-12-31",
				"?by=month&from=0001-01-01&to=9999-12-31", "?by=day&from=2026-01-01&to=2026-02-01&top=1",
			} {
				t.refuse(get("/sales"+query), 400, "")
			}
			for _, day := range noDays {
				t.refuse(get("/sales?by=day&to=2026-11-25&from="+url.QueryEscape(day)), 400, "")
				t.refuse(get("/sales?by=day&from=2026-11-25&to="+url.QueryEscape(day)), 400, "")
			}
			for _, top := range []string{"", "0", "21", "-1", "+1", "1.0", "1e1", "01", "ten", "1000000000", "99999999999999999999"} {
				t.refuse(get(right+"&top="+url.QueryEscape(top)), 400, "")
			}
			for _, more := range []string{"&x=1", "&by=day", "&from=2026-11-25", "&to=2026-11-25", "&limit=1", "&cursor=x", "&customer=a", "&From=2026-11-25"} {
				t.refuse(get(right+more), 400, "")
			}
			for _, target := range []string{"/statistics?x=1", "/statistics?by=day", "/customers/x?x=1", "/customers/x?limit=1"} {
				t.refuse(get(target), 400, "")
			}
		}},
	}
}

// ranked checks that the largest come first, and no more than three.
func (t *T) ranked(a answer, top string) {
	for list, field := range map[string]string{"/byAmount": "/amount/amount", "/byTimes": "/times"} {
		ranks, ok := a.at(top + list).([]any)
		for i, r := range ranks {
			n := answer{body: canonical(r)}.number(field)
			if n < 1 || i > 0 && n > (answer{body: canonical(ranks[i-1])}).number(field) {
				ok = false
			}
		}
		if !ok || len(ranks) > 3 {
			t.fail(a, "at most three at %s%s, the largest first", top, list)
		}
	}
}
