package main

import (
	"maps"
	"strings"
)

var (
	addressFields = []string{"name", "line1", "city", "postalCode", "country"}
	blanks        = []string{"", " ", "   ", "\t", "\r\n", "\u00a0", "\u3000"}
	notTexts      = []string{"null", "1", "true", "{}", "[]"}
)

func texts() []check {
	return []check{
		{sentence: "All five address fields are required.", run: func(t *T) {
			for _, name := range addressFields {
				t.refuse(post("/orders", anOrder().without("/shippingAddress/"+name)), 400, "/shippingAddress/"+name)
				for _, raw := range notTexts {
					t.refuse(post("/orders", anOrder().with("/shippingAddress/"+name, raw)), 400, "/shippingAddress/"+name)
				}
			}
			t.refuse(post("/orders", anOrder().without("/shippingAddress")), 400, "/shippingAddress")
			for _, raw := range []string{"null", `"1 Main St"`, "[]", "1"} {
				t.refuse(post("/orders", anOrder().with("/shippingAddress", raw)), 400, "/shippingAddress")
			}
		}},
		{sentence: "They have 1 to 200 characters, of any alphabet; blank is refused.", run: func(t *T) {
			for _, name := range addressFields[:4] {
				field := "/shippingAddress/" + name
				for _, c := range []string{"x", "é", "漢", "😀"} {
					t.expect(post("/orders", anOrder().with(field, quote(c))), 201)
					t.expect(post("/orders", anOrder().with(field, quote(strings.Repeat(c, 200)))), 201)
					t.refuse(post("/orders", anOrder().with(field, quote(strings.Repeat(c, 201)))), 400, field)
				}
				for _, blank := range blanks {
					t.refuse(post("/orders", anOrder().with(field, quote(blank))), 400, field)
				}
			}
		}},
		{sentence: "country is two capital letters.", run: func(t *T) {
			for _, country := range []string{"", "U", "USA", "us", "Us", "U1", "U ", " US", "ÀÉ", "ＵＳ", "US\n"} {
				t.refuse(post("/orders", anOrder().with("/shippingAddress/country", quote(country))), 400, "/shippingAddress/country")
			}
		}},
		{sentence: "Nothing is trimmed, nor changed otherwise.", run: func(t *T) {
			sent := anOrder()
			address := body{"name": "  Ada  ", "line1": "\tline\n", "city": "e\u0301é<&>\u2028", "postalCode": " 1", "country": "US"}
			sent["shippingAddress"] = address
			p := t.placeThis(sent)
			want := maps.Clone(address)
			want["email"] = "ada@example.com"
			a := t.atVersion(p.path, 1)
			t.same(a, a.at("/recipient"), want)
		}},
		{sentence: "customerEmail is optional; it has one @ and at most 254 characters.", run: func(t *T) {
			const field = "/customerEmail"
			t.expect(post("/orders", anOrder().without(field)), 201)
			for _, email := range []string{"a@b", "é@漢.example", strings.Repeat("a", 252) + "@b"} {
				t.expect(post("/orders", anOrder().with(field, quote(email))), 201)
			}
			for _, email := range []string{"", " ", "ada", "a@b@c", "@@", strings.Repeat("a", 253) + "@b"} {
				t.refuse(post("/orders", anOrder().with(field, quote(email))), 400, field)
			}
			for _, raw := range []string{"1", "true", "{}", "[]"} {
				t.refuse(post("/orders", anOrder().with(field, raw)), 400, field)
			}
		}},
		{sentence: "An item's name is optional; it has 1 to 200 characters.", run: func(t *T) {
			const field = "/items/0/name"
			t.expect(post("/orders", anOrder().without(field)), 201)
			for _, name := range []string{"x", strings.Repeat("漢", 200)} {
				t.expect(post("/orders", anOrder().with(field, quote(name))), 201)
			}
			for _, name := range []string{"", strings.Repeat("x", 201), strings.Repeat("漢", 201)} {
				t.refuse(post("/orders", anOrder().with(field, quote(name))), 400, field)
			}
		}},
		{sentence: "reason has 1 to 500 characters.", run: func(t *T) {
			for _, reason := range []string{"x", strings.Repeat("漢", 500)} {
				t.expect(post(t.place().path+"/cancel", body{"reason": reason}.String()), 200)
			}
			p := t.place()
			for _, reason := range []string{"", strings.Repeat("x", 501), strings.Repeat("漢", 501)} {
				t.refuse(post(p.path+"/cancel", body{"reason": reason}.String()), 400, "/reason")
			}
			for _, raw := range notTexts {
				t.refuse(post(p.path+"/cancel", body{}.with("/reason", raw)), 400, "/reason")
			}
			t.refuse(post(p.path+"/cancel", "{}"), 400, "/reason")
			t.unwritten(p.path, 1)
		}},
	}
}
