package main

import "strings"

// A document is a body that is right, for a route that takes one.
type document struct {
	request request
	body    body
}

func (d document) saying(text string) request {
	d.request.body = text
	return d.request
}

// taking returns every route that takes a body, each with one that is right.
func taking(p placed) []document {
	return []document{
		{post("/orders", ""), anOrder()},
		{post(p.path+"/items", ""), anItem(fresh("product"))},
		{put(p.path+"/items", ""), body{"items": someItems(1)}},
		{post(p.path+"/cancel", ""), body{"reason": "changed my mind"}},
		{post("/stock/"+fresh("product")+"/receive", ""), receipt(1)},
	}
}

// malformed sends what f makes of every body that some route takes; all of it is
// to be refused with 400, and nothing to be written.
func malformed(f func(body) []string) func(*T) {
	return func(t *T) {
		p := t.place()
		for _, d := range taking(p) {
			for _, text := range f(d.body) {
				t.refuse(d.saying(text), 400, "")
			}
		}
		t.unwritten(p.path, 1)
	}
}

func strictJSON() []check {
	return []check{
		{sentence: "Invalid UTF-8 is 400.", run: malformed(func(b body) (texts []string) {
			for _, bytes := range []string{"\xff", "\xc3", "\xc3\x28", "\xe2\x82", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80"} {
				texts = append(texts, strings.Replace(b.String(), `{"`, `{"`+bytes, 1), bytes+b.String(), b.String()+bytes)
				if strings.Contains(b.String(), `":"`) {
					texts = append(texts, strings.Replace(b.String(), `":"`, `":"`+bytes, 1))
				}
			}
			return texts
		})},
		{sentence: "A BOM is 400.", run: malformed(func(b body) []string { return []string{"\ufeff" + b.String(), "\xff\xfe" + b.String()} })},
		{sentence: "An unknown field is 400 and named.", run: func(t *T) {
			for _, field := range []string{"/id", "/total", "/x", "/items/0/sku", "/items/0/unitPrice/value", "/shippingAddress/state", "/", "/a~1b~0c"} {
				t.refuse(post("/orders", anOrder().with(field, `"x"`)), 400, field)
			}
			p := t.place()
			for _, d := range taking(p) {
				t.refuse(d.saying(d.body.with("/extra", "null")), 400, "/extra")
			}
			t.unwritten(p.path, 1)
		}},
		{sentence: "A repeated field is 400, also when it says the same, or is written with escapes.", run: func(t *T) {
			sent := anOrder()
			for _, r := range []struct{ field, once, twice string }{
				{"/paymentMethod", `"paymentMethod":"tok_ok"`, `"paymentMethod":"tok_ok"`},
				{"/paymentMethod", `"paymentMethod":"tok_ok"`, `"paymentMethod":"tok_declined"`},
				{"/paymentMethod", `"paymentMethod":"tok_ok"`, `"\u0070aymentMethod":"tok_ok"`},
				{"/items/0/quantity", `"quantity":2`, `"quantity":2`},
				{"/items/0/unitPrice/amount", `"amount":2999`, `"amount":1`},
				{"/shippingAddress/city", `"city":"Springfield"`, `"city":"Springfield"`},
			} {
				t.refuse(post("/orders", strings.Replace(sent.String(), r.once, r.once+","+r.twice, 1)), 400, r.field)
			}
			p := t.place()
			for _, d := range taking(p) {
				text := d.body.String()
				t.refuse(d.saying(text[:len(text)-1]+","+text[1:]), 400, "")
			}
			t.unwritten(p.path, 1)
		}},
		{sentence: "Field names match exactly, case included.", run: func(t *T) {
			for _, name := range []string{"customerId", "items", "quantity", "unitPrice", "amount", "shippingAddress", "postalCode", "paymentMethod"} {
				for _, other := range []string{strings.ToUpper(name), strings.ToUpper(name[:1]) + name[1:], name + " ", name + "\u200b", name + "\x00"} {
					t.refuse(post("/orders", strings.Replace(anOrder().String(), `"`+name+`"`, quote(other), 1)), 400, "")
				}
			}
			p := t.place()
			t.refuse(post(p.path+"/cancel", `{"Reason": "x"}`), 400, "")
			t.refuse(post(p.path+"/cancel", `{"reaſon": "x"}`), 400, "") // folds to reason
			t.refuse(post(p.path+"/cancel", `{"reason": "x", "Reason": "y"}`), 400, "/Reason")
			t.refuse(post("/stock/"+fresh("product")+"/receive", `{"QUANTITY": 1}`), 400, "")
			t.unwritten(p.path, 1)
		}},
		{sentence: "Trailing bytes are 400.", run: malformed(func(b body) (texts []string) {
			for _, more := range []string{"x", "{}", "]", "}", ",", "\x00", "null", "\n\n" + b.String(), " //", "/**/"} {
				texts = append(texts, b.String()+more)
			}
			return texts
		})},
		{sentence: "White space around and within is none of these.", run: func(t *T) {
			for _, d := range taking(t.place()) {
				t.expect(d.saying(" \t\r\n"+strings.ReplaceAll(d.body.String(), `":`, "\" :\r\n\t")+"\n "), 200, 201)
			}
		}},
		{sentence: "Depth over 32 is 400.", run: malformed(func(b body) (texts []string) {
			for _, depth := range []int{32, 33, 1000, 30_000} {
				array, object := strings.Repeat("[", depth)+strings.Repeat("]", depth), strings.Repeat(`{"a":`, min(depth, 9000))+"1"+strings.Repeat("}", min(depth, 9000))
				texts = append(texts, array, object, b.with("/x", array), b.with("/x", object), strings.Repeat("[", 2*depth))
			}
			return texts
		})},
	}
}
