package main

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
)

func find(words ...string) string { return "/search?q=" + url.QueryEscape(strings.Join(words, " ")) }

// hit returns the order as it is found: as it is listed, with what matched.
func (t *T) hit(p placed, matched ...string) body {
	line := body{"id": p.id, "customerId": p.customer, "status": "pending", "total": usd(2 * 2999), "version": 1, "placedAt": t.atVersion(p.path, 1).at("/placedAt")}
	fields := []any{}
	for _, field := range matched {
		fields = append(fields, field)
	}
	line["matched"] = fields
	return line
}

// finds checks what is found, once it is.
func (t *T) finds(search string, want ...any) {
	t.comes(get(search), answer.json, body{"items": append([]any{}, want...), "next": nil})
}

func searching() []check {
	return []check{
		{sentence: "GET /search finds an order by its customer, its recipient, and its products' ids and names, and says where.", run: func(t *T) {
			sent := anOrder()
			name, kind := strings.TrimPrefix(fresh(""), "-"), strings.TrimPrefix(fresh(""), "-")
			sent["shippingAddress"].(body)["name"] = "Ada " + name
			sent["items"].([]any)[0].(body)["name"] = "Desk-" + kind + " (blue)"
			p := t.placeThis(sent)
			t.finds(find(p.customer), t.hit(p, "customerId"))
			t.finds(find(p.product), t.hit(p, "items"))
			t.finds(find(name), t.hit(p, "recipient"))
			t.finds(find(kind), t.hit(p, "items"))
			t.finds(find(p.customer, kind, "ada"), t.hit(p, "customerId", "recipient", "items"))
		}},
		{sentence: "All words must be there, whole; case and what parts words are one.", run: func(t *T) {
			p, other := t.place(), t.place()
			t.finds(find(other.customer), t.hit(other, "customerId"))
			t.finds(find(strings.ToUpper(p.customer)), t.hit(p, "customerId"))
			t.finds(find("…LAMP,", strings.ReplaceAll(p.customer, "-", " / ")), t.hit(p, "customerId", "items"))
			for _, none := range [][]string{{p.customer, other.customer}, {p.customer[:len(p.customer)-1]}, {p.customer, "vase"}, {p.customer, "Springfield"}, {p.customer, "example"}} {
				t.finds(find(none...))
			}
		}},
		{sentence: "It finds by the reason for a cancel, and shows the order as it is by then.", run: func(t *T) {
			p, reason := t.place(), fresh("reason")
			want := t.hit(p, "customerId", "cancelReason")
			t.must(post(p.path+"/cancel", body{"reason": "<script>alert(1)</script> " + reason}.String()), 200)
			maps.Copy(want, body{"status": "cancelled", "version": 2})
			t.finds(find("script", reason, p.customer), want)
		}},
		{sentence: "It finds by the tracking number, once the order is shipped.", long: true, run: func(t *T) {
			p := t.stocked()
			t.ran(t.submit(p), happy())
			number := t.until(get(p.path), func(a answer) bool { return a.text("/shipment/trackingNumber") != "" }).text("/shipment/trackingNumber")
			t.comes(get(find(strings.ToLower(number))), func(a answer) any {
				return []any{a.at("/items/0/id"), a.at("/items/0/status"), a.at("/items/0/matched"), a.at("/next")}
			}, []any{p.id, "shipped", []any{"trackingNumber"}, nil})
		}},
		{sentence: "What is found is paged newest first, by cursors of that text alone.", run: func(t *T) {
			customer := fresh("customer")
			var want []string
			for range 5 {
				want = append(want, t.must(post("/orders", anOrder().with("/customerId", quote(customer))), 201).text("/id"))
				time.Sleep(5 * time.Millisecond) // newest first is about times
			}
			slices.Reverse(want)
			search := find(customer)
			whole := t.until(get(search), func(a answer) bool { return len(a.items()) == len(want) })
			var got []string
			for _, item := range whole.items() {
				id, _ := lookup(item, "/id").(string)
				got = append(got, id)
			}
			t.same(whole, got, want)
			for _, limit := range []int{1, 2, 5, 100} {
				t.same(whole, t.pages(fmt.Sprintf("%s&limit=%d", search, limit), limit, 10), whole.items())
			}
			cursor := t.cursor(search + "&limit=2")
			for _, bad := range []string{"", "x", cursor + "A", cursor[1:], cursor[:len(cursor)-1], cursor + cursor, strings.ToUpper(cursor)} {
				t.refuse(get(search+"&cursor="+url.QueryEscape(bad)), 400, "")
			}
			for _, other := range []string{find(customer, "lamp"), find("lamp"), "/orders?customer=" + customer, "/stock?limit=1"} {
				t.refuse(get(other+"&cursor="+url.QueryEscape(cursor)), 400, "")
			}
		}},
		{sentence: "q is 1 to 200 characters with a letter or a digit; any other query is 400.", parses: true, run: func(t *T) {
			for _, q := range []string{"a", "7", "東", strings.Repeat("é", 200), "\x00a", "a ' OR 1=1 --", "../../a", "*a*", "a:b^2~"} {
				t.expect(get("/search?limit=1&q="+url.QueryEscape(q)), 200)
			}
			for _, q := range []string{"", " ", "\t\n", "…", "-- !", "*", "\xff", "a\xff", strings.Repeat("a", 201), strings.Repeat("é", 201)} {
				t.refuse(get("/search?q="+url.QueryEscape(q)), 400, "")
			}
			for _, query := range []string{
				"", "?Q=a", "?q=a&q=b", "?q=a&x=1", "?q=a&status=pending", "?q=a&customer=b", "?q=a&min_version=1", "?q=%zz",
				"?q=a&limit=0", "?q=a&limit=-1", "?q=a&limit=101", "?q=a&limit=1000000000", "?q=a&limit=", "?q=a&cursor=x", "?q=a&cursor=",
			} {
				t.refuse(get("/search"+query), 400, "")
			}
		}},
	}
}
