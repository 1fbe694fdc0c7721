package main

import (
	"fmt"
	"net/url"
	"strings"
)

func cursors() []check {
	return []check{
		{sentence: "A cursor that was edited, cut or made up is 400.", run: func(t *T) {
			p := t.placeTwice()
			for _, list := range []string{"/orders?limit=1&customer=" + p.customer, p.path + "/events?limit=1"} {
				cursor := t.cursor(list)
				t.expect(get(list+"&cursor="+url.QueryEscape(cursor)), 200)
				for i := range len(cursor) {
					other := byte('A')
					if cursor[i] == other {
						other = 'B'
					}
					t.refuse(get(list+"&cursor="+url.QueryEscape(cursor[:i]+string(other)+cursor[i+1:])), 400, "")
				}
				for _, made := range []string{
					"", "x", "0", "1", "null", "==", "\x00", "é", " " + cursor, cursor + " ", cursor + "=", cursor + "A", cursor + cursor, cursor[:len(cursor)-1], cursor[1:],
					cursor[:len(cursor)/2], strings.ToUpper(cursor), strings.Repeat("A", len(cursor)), strings.Repeat("A", 4000),
				} {
					if made != cursor {
						t.refuse(get(list+"&cursor="+url.QueryEscape(made)), 400, "")
					}
				}
			}
			t.refuse(get("/stock?cursor=x"), 400, "")
		}},
		{sentence: "A cursor of another list is 400.", run: func(t *T) {
			p, other := t.placeTwice(), t.placeTwice()
			mine := "/orders?limit=1&customer=" + p.customer
			products := t.receiveTwo()
			t.must(post("/orders", p.sent.String()), 201)
			three := t.until(get("/orders?customer="+p.customer), func(a answer) bool { return len(a.items()) == 3 })
			day, _, _ := strings.Cut(three.text("/items/1/placedAt"), "T") // that of two of them, at midnight too
			day = "&day=" + day
			cursors := map[string]string{mine: t.cursor(mine)}
			for _, list := range []string{"/orders?limit=1&customer=" + other.customer, mine + "&status=pending", mine + day, "/orders?limit=1" + day, "/orders?limit=1&status=pending", "/orders?limit=1", p.path + "/events?limit=1", other.path + "/events?limit=1", "/stock?limit=1"} {
				cursors[list] = t.cursor(list)
			}
			for list := range cursors {
				for of, cursor := range cursors {
					r := get(list + "&cursor=" + url.QueryEscape(cursor))
					if of != list {
						t.refuse(r, 400, "")
					} else {
						t.expect(r, 200)
					}
				}
			}
			t.refuse(get("/stock/"+products[0]+"?cursor="+url.QueryEscape(cursors["/stock?limit=1"])), 400, "")
		}},
		{sentence: "A list is paged through by next, null at the end: each once, nothing left out.", run: func(t *T) {
			customer := fresh("customer")
			for range 5 {
				t.must(post("/orders", anOrder().with("/customerId", quote(customer))), 201)
			}
			list := "/orders?customer=" + customer
			whole := t.until(get(list), func(a answer) bool { return len(a.items()) == 5 })
			if whole.at("/next") != nil {
				t.fail(whole, "next null: there is no more")
			}
			for _, limit := range []int{1, 2, 5, 6} {
				t.same(whole, t.pages(fmt.Sprintf("%s&limit=%d", list, limit), limit, 10), whole.items())
			}
		}},
	}
}

// placeTwice places an order, changes it, and places one more for its customer,
// so that its lists have a second page.
func (t *T) placeTwice() placed {
	p := t.place()
	t.must(post(p.path+"/items", anItem(fresh("product")).String()), 200)
	t.must(post("/orders", p.sent.String()), 201)
	return p
}

// receiveTwo receives two products, so that there is a list of stock.
func (t *T) receiveTwo() []string {
	products := []string{fresh("product"), fresh("product")}
	for _, product := range products {
		t.must(post("/stock/"+product+"/receive", receipt(1).String()), 200)
	}
	return products
}

// cursor returns the cursor to the second page of a list.
func (t *T) cursor(list string) string {
	a := t.until(get(list), func(a answer) bool { return a.text("/next") != "" })
	if a.text("/next") == "" {
		t.fail(a, "a next: there is more")
		panic(stop{})
	}
	return a.text("/next")
}

// from returns a list from a cursor on, which takes the place of one that it has.
func from(list, cursor string) string {
	path, text, _ := strings.Cut(list, "?")
	query, _ := url.ParseQuery(text)
	query.Set("cursor", cursor)
	return path + "?" + query.Encode()
}

// pages reads a list to its end, at most so many pages, and returns its items.
func (t *T) pages(list string, limit, most int) []any {
	var items []any
	for range most {
		a := t.must(get(list), 200)
		page := a.items()
		items = append(items, page...)
		next := a.text("/next")
		if len(page) > limit || len(page) < limit && next != "" {
			t.fail(a, "%d items, fewer only at the end", limit)
		}
		if next == "" {
			if a.at("/next") != nil {
				t.fail(a, "next null at the end")
			}
			return items
		}
		list = from(list, next)
	}
	t.note(failure{sent: get(list).String(), expected: "an end of the list", got: fmt.Sprintf("%d pages and no end", most)})
	return items
}
