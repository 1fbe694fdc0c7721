package httpapi_test

import (
	"net/http"
	"strings"
	"testing"
)

// replaced returns anOrder with one piece of its text replaced.
func replaced(t testing.TB, old, with string) string {
	t.Helper()
	if strings.Count(anOrder, old) != 1 {
		t.Fatalf("%q is not once in the order", old)
	}
	return strings.Replace(anOrder, old, with, 1)
}

func TestAWellFormedOrderIsPlaced(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("ü", 200)
	for what, body := range map[string]string{
		"as it is":              anOrder,
		"without an e-mail":     replaced(t, `"customerEmail": "ada@example.com",`, ``),
		"without a name":        replaced(t, `"name": "Lamp",`, ``),
		"free of charge":        replaced(t, `2999`, `0`),
		"the largest amount":    replaced(t, `2999`, `1000000000000`),
		"the largest quantity":  replaced(t, `"quantity": 2`, `"quantity": 1000000`),
		"the longest id":        replaced(t, `cust-1`, `C`+strings.Repeat("_", 63)),
		"every sign of an id":   replaced(t, `cust-1`, `0._:@-`),
		"200 characters":        replaced(t, `1 Main St`, long),
		"spaces around":         replaced(t, `1 Main St`, ` 1 `),
		"an escaped U+FFFD":     replaced(t, `Springfield`, `\ufffd`),
		"an escaped text":       replaced(t, `Springfield`, `\u0053\ud83d\ude00`),
		"the longest e-mail":    replaced(t, `ada@example.com`, strings.Repeat("a", 250)+`@b.c`),
		"100 items":             replaced(t, `[{"productId": "product-1", "name": "Lamp", "quantity": 2, "unitPrice": {"amount": 2999, "currency": "USD"}}]`, items(100)),
		"space around the body": " \r\n\t" + anOrder + " \n",
	} {
		w.do("POST", "/orders", body).expect(t, what, http.StatusCreated)
	}
}

// items returns so many distinct items.
func items(n int) string {
	var all []string
	for i := range n {
		all = append(all, strings.Replace(anItem, "product-2", "p-"+strings.Repeat("x", i/10)+string(rune('0'+i%10)), 1))
	}
	return "[" + strings.Join(all, ",") + "]"
}

func TestAMalformedFieldIsNamed(t *testing.T) {
	w := newWorld(t)
	const (
		item  = `{"productId": "product-1", "name": "Lamp", "quantity": 2, "unitPrice": {"amount": 2999, "currency": "USD"}}`
		price = `{"amount": 2999, "currency": "USD"}`
	)
	for _, test := range []struct{ what, old, with, code, field string }{
		{"missing", `"customerId": "cust-1",`, ``, "field.missing", "/customerId"},
		{"null", `"cust-1"`, `null`, "field.invalid", "/customerId"},
		{"a number for a text", `"cust-1"`, `1`, "field.invalid", "/customerId"},
		{"an object for a text", `"cust-1"`, `{}`, "field.invalid", "/customerId"},
		{"an empty id", `cust-1`, ``, "field.invalid", "/customerId"},
		{"an id too long", `cust-1`, strings.Repeat("x", 65), "field.invalid", "/customerId"},
		{"an id with a slash", `cust-1`, `a/b`, "field.invalid", "/customerId"},
		{"an id with a hash", `cust-1`, `a#b`, "field.invalid", "/customerId"},
		{"an id with a control character", `cust-1`, `a\u0000`, "field.invalid", "/customerId"},
		{"an id with a line feed", `cust-1`, `a\n`, "field.invalid", "/customerId"},
		{"an id of another alphabet", `cust-1`, `заказ`, "field.invalid", "/customerId"},
		{"an id that begins with a dot", `cust-1`, `.a`, "field.invalid", "/customerId"},

		{"no @", `ada@example.com`, `ada`, "field.invalid", "/customerEmail"},
		{"two @", `ada@example.com`, `a@b@c`, "field.invalid", "/customerEmail"},
		{"an e-mail too long", `ada@example.com`, strings.Repeat("a", 251) + `@b.c`, "field.invalid", "/customerEmail"},
		{"a null e-mail", `"ada@example.com"`, `null`, "field.invalid", "/customerEmail"},

		{"no items", item, ``, "field.invalid", "/items"},
		{"101 items", `[` + item + `]`, items(101), "field.invalid", "/items"},
		{"items null", `[` + item + `]`, `null`, "field.invalid", "/items"},
		{"items an object", `[` + item + `]`, `{}`, "field.invalid", "/items"},
		{"a null item", item, `null`, "field.invalid", "/items/0"},
		{"a product twice", item, item + `,` + item, "field.invalid", "/items/1/productId"},
		{"two currencies", item, item + `,` + strings.Replace(anItem, "USD", "EUR", 1), "field.invalid", "/items/1/unitPrice/currency"},
		{"an empty name", `Lamp`, ``, "field.invalid", "/items/0/name"},
		{"a blank name", `Lamp`, ` \t\u00a0`, "field.invalid", "/items/0/name"},
		{"a name too long", `Lamp`, strings.Repeat("ü", 201), "field.invalid", "/items/0/name"},

		{"quantity missing", `"quantity": 2,`, ``, "field.missing", "/items/0/quantity"},
		{"quantity null", `"quantity": 2`, `"quantity": null`, "field.invalid", "/items/0/quantity"},
		{"quantity zero", `"quantity": 2`, `"quantity": 0`, "field.invalid", "/items/0/quantity"},
		{"quantity negative", `"quantity": 2`, `"quantity": -1`, "field.invalid", "/items/0/quantity"},
		{"quantity too large", `"quantity": 2`, `"quantity": 1000001`, "field.invalid", "/items/0/quantity"},
		{"quantity huge", `"quantity": 2`, `"quantity": 99999999999999999999999`, "field.invalid", "/items/0/quantity"},
		{"quantity with a fraction", `"quantity": 2`, `"quantity": 2.0`, "field.invalid", "/items/0/quantity"},
		{"quantity with an exponent", `"quantity": 2`, `"quantity": 2e0`, "field.invalid", "/items/0/quantity"},
		{"quantity a text", `"quantity": 2`, `"quantity": "2"`, "field.invalid", "/items/0/quantity"},

		{"price missing", `, "unitPrice": ` + price, ``, "field.missing", "/items/0/unitPrice"},
		{"price a number", price, `2999`, "field.invalid", "/items/0/unitPrice"},
		{"price null", price, `null`, "field.invalid", "/items/0/unitPrice"},
		{"amount missing", `"amount": 2999, `, ``, "field.missing", "/items/0/unitPrice/amount"},
		{"amount negative", `2999`, `-1`, "field.invalid", "/items/0/unitPrice/amount"},
		{"amount -0", `2999`, `-0`, "field.invalid", "/items/0/unitPrice/amount"},
		{"amount too large", `2999`, `1000000000001`, "field.invalid", "/items/0/unitPrice/amount"},
		{"amount with a fraction", `2999`, `29.99`, "field.invalid", "/items/0/unitPrice/amount"},
		{"currency missing", `, "currency": "USD"`, ``, "field.missing", "/items/0/unitPrice/currency"},
		{"currency in small letters", `USD`, `usd`, "field.invalid", "/items/0/unitPrice/currency"},
		{"no currency of ISO 4217", `USD`, `ZZZ`, "field.invalid", "/items/0/unitPrice/currency"},

		{"address missing", `"shippingAddress": {"name": "Ada", "line1": "1 Main St", "city": "Springfield", "postalCode": "12345", "country": "US"},`, ``, "field.missing", "/shippingAddress"},
		{"a name missing", `"name": "Ada", `, ``, "field.missing", "/shippingAddress/name"},
		{"line1 empty", `1 Main St`, ``, "field.invalid", "/shippingAddress/line1"},
		{"city blank", `Springfield`, `   `, "field.invalid", "/shippingAddress/city"},
		{"a postal code too long", `12345`, strings.Repeat("1", 201), "field.invalid", "/shippingAddress/postalCode"},
		{"a country in small letters", `"US"`, `"us"`, "field.invalid", "/shippingAddress/country"},
		{"a country of three letters", `"US"`, `"USA"`, "field.invalid", "/shippingAddress/country"},
		{"a country too many", `"country": "US"`, `"country": "US", "state": "IL"`, "field.unknown", "/shippingAddress/state"},

		{"payment missing", `,
	"paymentMethod": "tok_ok"`, ``, "field.missing", "/paymentMethod"},
		{"payment null", `"tok_ok"`, `null`, "field.invalid", "/paymentMethod"},

		{"an unknown field", `"customerId"`, `"x~/y": 1, "customerId"`, "field.unknown", "/x~0~1y"},
		{"another case", `"customerId"`, `"CustomerId"`, "field.unknown", "/CustomerId"},
		{"a repeated field", `"customerId": "cust-1"`, `"customerId": "cust-1", "customerId": "cust-1"`, "field.repeated", "/customerId"},
		{"a repeated field, escaped", `"customerId": "cust-1"`, `"customerId": "cust-1", "\u0063ustomerId": "cust-1"`, "field.repeated", "/customerId"},
		{"a long unknown field", `"customerId"`, `"` + strings.Repeat("x", 9999) + `": 1, "customerId"`, "field.unknown", ""},

		{"a lone surrogate", `Springfield`, `\ud800`, "body.malformed", ""},
		{"invalid UTF-8", `Springfield`, "\xff", "body.malformed", ""},
		{"truncated", "\"tok_ok\"\n}", ``, "body.malformed", ""},
		{"+1", `2999`, `+1`, "body.malformed", ""},
		{"01", `2999`, `01`, "body.malformed", ""},
		{"NaN", `2999`, `NaN`, "body.malformed", ""},
	} {
		w.do("POST", "/orders", replaced(t, test.old, test.with)).expect(t, test.what, http.StatusBadRequest, test.code, test.field)
	}
	w.nothingWritten()
}

func TestABodyThatIsNoJSONObjectIsMalformed(t *testing.T) {
	w := newWorld(t)
	for what, body := range map[string]string{
		"a BOM":                  "\ufeff" + anOrder,
		"trailing text":          anOrder + "x",
		"a second value":         anOrder + "{}",
		"a trailing comma":       strings.Replace(anOrder, "\n}", ",\n}", 1),
		"a comment":              "// hello\n" + anOrder,
		"white space":            "  ",
		"an array":               "[" + anOrder + "]",
		"null":                   "null",
		"a text":                 `"order"`,
		"depth 33":               strings.Repeat("[", 33) + strings.Repeat("]", 33),
		"depth 33 in a field":    strings.Replace(anOrder, `"cust-1"`, strings.Repeat("[", 33)+strings.Repeat("]", 33), 1),
		"depth 60,000, unclosed": strings.Repeat(`[`, 60_000),
		"depth 10,000":           strings.Repeat(`{"a":`, 10_000),
		"a NUL":                  "\x00",
		"what was no UTF-8":      strings.Replace(anOrder, "Springfield", "\ufffd", 1),
	} {
		w.do("POST", "/orders", body).expect(t, what, http.StatusBadRequest)
	}
	w.nothingWritten()
}

func TestABodyOver64KiBIsTooLarge(t *testing.T) {
	w := newWorld(t)
	full := anOrder + strings.Repeat(" ", 64<<10-len(anOrder))
	w.do("POST", "/orders", full).expect(t, "64 KiB", http.StatusCreated)
	w.do("POST", "/orders", full+" ").expect(t, "one byte more", http.StatusRequestEntityTooLarge, "body.too_large")
	w.do("POST", "/orders", strings.Repeat("x", 1<<20)).expect(t, "1 MiB of nonsense", http.StatusRequestEntityTooLarge, "body.too_large")
}

func TestOnlyJSONIsUnderstood(t *testing.T) {
	w := newWorld(t)
	for contentType, status := range map[string]int{
		"application/json":                         http.StatusCreated,
		"application/json; charset=utf-8":          http.StatusCreated,
		"Application/JSON;charset=UTF-8":           http.StatusCreated,
		`application/json; charset="utf-8"`:        http.StatusCreated,
		"application/json; charset=latin1":         http.StatusUnsupportedMediaType,
		"application/json; profile=x":              http.StatusUnsupportedMediaType,
		"application/merge-patch+json":             http.StatusUnsupportedMediaType,
		"text/json":                                http.StatusUnsupportedMediaType,
		"text/plain":                               http.StatusUnsupportedMediaType,
		"application/x-www-form-urlencoded":        http.StatusUnsupportedMediaType,
		"application/json, text/plain":             http.StatusUnsupportedMediaType,
		"application/json; charset=utf-8; charset": http.StatusUnsupportedMediaType,
		"":  http.StatusUnsupportedMediaType,
		"/": http.StatusUnsupportedMediaType,
	} {
		r := request("POST", "/orders", anOrder)
		r.Header["Content-Type"] = []string{contentType}
		w.send(r).expect(t, contentType, status)
	}
	r := request("POST", "/orders", anOrder)
	r.Header.Del("Content-Type")
	w.send(r).expect(t, "no type", http.StatusUnsupportedMediaType, "content.unsupported")
	w.do("POST", "/orders", anOrder, "Content-Type: application/json").expect(t, "two types", http.StatusUnsupportedMediaType)
	w.do("POST", "/orders", anOrder, "Content-Encoding: gzip").expect(t, "encoded", http.StatusUnsupportedMediaType)
	r = request("POST", "/orders", strings.Repeat("x", 1<<20))
	r.Header.Del("Content-Type")
	w.send(r).expect(t, "of no type and too large", http.StatusUnsupportedMediaType)
}

func TestSubmitAndDeliverTakeNoBodyOrAnEmptyObject(t *testing.T) {
	w := newWorld(t)
	for _, route := range []string{"/submit", "/deliver"} {
		path := w.place() + route
		w.do("POST", path, `{"a": 1}`).expect(t, route+" with a field", http.StatusBadRequest, "field.unknown", "/a")
		w.do("POST", path, `[]`).expect(t, route+" with an array", http.StatusBadRequest, "field.invalid", "")
		w.do("POST", path, ` `).expect(t, route+" with a space", http.StatusBadRequest, "body.malformed")
		w.do("POST", path, strings.Repeat(" ", 65<<10)).expect(t, route+" with much", http.StatusRequestEntityTooLarge)
		r := request("POST", path, "{}")
		r.Header.Set("Content-Type", "text/plain")
		w.send(r).expect(t, route+" with a text", http.StatusUnsupportedMediaType)
	}
	w.do("POST", w.place()+"/submit", "").expect(t, "no body", http.StatusAccepted)
	w.do("POST", w.place()+"/submit", "{}").expect(t, "an empty object", http.StatusAccepted)
	w.do("POST", w.place()+"/submit", " { }\n").expect(t, "with space", http.StatusAccepted)
}

func TestTheOtherBodiesFollowTheSameForm(t *testing.T) {
	w := newWorld(t)
	path := w.place()
	for _, test := range []struct{ method, path, body, field string }{
		{"POST", path + "/items", `{"productId": "p", "quantity": 0, "unitPrice": {"amount": 1, "currency": "USD"}}`, "/quantity"},
		{"POST", path + "/items", `[` + anItem + `]`, ""},
		{"PUT", path + "/items", `{"items": []}`, "/items"},
		{"PUT", path + "/items", `{}`, "/items"},
		{"PUT", path + "/items", `{"items": ` + items(101) + `}`, "/items"},
		{"PUT", path + "/items", `{"items": [` + anItem + `,` + anItem + `]}`, "/items/1/productId"},
		{"POST", path + "/cancel", `{}`, "/reason"},
		{"POST", path + "/cancel", `{"reason": ""}`, "/reason"},
		{"POST", path + "/cancel", `{"reason": " "}`, "/reason"},
		{"POST", path + "/cancel", `{"reason": "` + strings.Repeat("x", 501) + `"}`, "/reason"},
		{"POST", "/stock/p/receive", `{}`, "/quantity"},
		{"POST", "/stock/p/receive", `{"quantity": 1000001}`, "/quantity"},
		{"POST", "/stock/p/receive", `{"quantity": 1.5}`, "/quantity"},
		{"DELETE", path + "/items/product-1", `{"a": 1}`, "/a"},
	} {
		got := w.do(test.method, test.path, test.body)
		got.expect(t, test.method+" "+test.path+" "+test.body, http.StatusBadRequest, got.field("code"), test.field)
	}
	w.do("POST", path+"/cancel", ``).expect(t, "cancel without a body", http.StatusUnsupportedMediaType)
	w.do("GET", path, "").expect(t, "the order", http.StatusOK)
	if got := w.do("GET", path, ""); got.field("version") != "1" {
		t.Errorf("something was written: %s", got.body)
	}
}
