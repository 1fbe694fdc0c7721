package main

import (
	"net/url"
	"regexp"
	"strings"
)

var (
	goodIDs = []string{"a", "Z", "0", "a.b_c:d@e-f", "0._:@-", strings.Repeat("x", 64)}
	badIDs  = []string{
		"", strings.Repeat("x", 65), "-a", "_a", ".a", ":a", "@a", "a b", " a", "a ", "a/b", "../a", "a#b", "a?b", "a%00", "a\\b", "a\"b", "a+b", "a,b", "a~b",
		"a\x00", "\x00", "a\n", "\na", "a\tb", "a\x7f", "é", "заказ", "注文", "طلب", "a٣", "a\u200b", "a\u00a0", "ａ", "😀",
	}
	idForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}$`)
)

func ids() []check {
	return []check{
		{sentence: "Ids match ^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}$; such a customer and product is taken.", run: func(t *T) {
			for _, id := range goodIDs {
				t.expect(post("/orders", anOrder().with("/customerId", quote(id))), 201)
				t.expect(post("/orders", anOrder().with("/items/0/productId", quote(id))), 201)
			}
			t.expect(post("/stock/"+fresh("0._:@")+"/receive", receipt(1).String()), 200)
			t.expect(post("/stock/"+(fresh("x") + strings.Repeat("x", 64))[:64]+"/receive", receipt(1).String()), 200)
		}},
		{sentence: "The id of an order that the server makes is one of them.", run: func(t *T) {
			if p := t.place(); !idForm.MatchString(p.id) {
				t.fail(p.answer, "an id that matches %s", idForm)
			}
		}},
		{sentence: "A customerId that does not match is 400 and named.", run: func(t *T) {
			for _, id := range badIDs {
				t.refuse(post("/orders", anOrder().with("/customerId", quote(id))), 400, "/customerId")
			}
		}},
		{sentence: "A productId that does not match is 400 and named.", run: func(t *T) {
			p := t.place()
			for _, id := range badIDs {
				t.refuse(post("/orders", anOrder().with("/items/0/productId", quote(id))), 400, "/items/0/productId")
				t.refuse(post(p.path+"/items", anItem("x").with("/productId", quote(id))), 400, "/productId")
				t.refuse(put(p.path+"/items", body{"items": someItems(2)}.with("/items/1/productId", quote(id))), 400, "/items/1/productId")
			}
			t.unwritten(p.path, 1)
		}},
		{sentence: "An id that is not a text, or is missing, is 400 and named.", run: func(t *T) {
			for _, field := range []string{"/customerId", "/items/0/productId"} {
				for _, raw := range []string{"null", "1", "true", "{}", "[]", `["a"]`} {
					t.refuse(post("/orders", anOrder().with(field, raw)), 400, field)
				}
				t.refuse(post("/orders", anOrder().without(field)), 400, field)
			}
		}},
		{sentence: "A path id that does not match is 404 on every route.", run: func(t *T) {
			p := t.place()
			for _, id := range badIDs {
				for _, r := range routesOf(url.PathEscape(id), url.PathEscape(id)) {
					t.refuse(r, 404, "")
				}
				t.refuse(post("/stock/"+url.PathEscape(id)+"/receive", receipt(1).String()), 404, "")
				if id != "" {
					t.refuse(del(p.path+"/items/"+url.PathEscape(id)), 404, "")
				}
			}
			t.unwritten(p.path, 1)
		}},
		{sentence: "A customer that does not match in GET /orders?customer= is 400.", run: func(t *T) {
			for _, id := range badIDs {
				t.refuse(get("/orders?customer="+url.QueryEscape(id)), 400, "")
			}
		}},
	}
}

// routesOf returns a well-formed request to every route that names an order or
// a product.
func routesOf(order, product string) []request {
	path := "/orders/" + order
	return []request{
		get(path),
		get(path + "/events"),
		get(path + "/fulfilment"),
		post(path+"/items", anItem("x").String()),
		put(path+"/items", body{"items": someItems(1)}.String()),
		del(path + "/items/x"),
		post(path+"/submit", ""),
		post(path+"/cancel", cancellation),
		post(path+"/deliver", ""),
		get("/stock/" + product),
	}
}
