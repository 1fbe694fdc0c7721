package main

import "strings"

// Whatever these checks send has one clear problem for an answer, which the laws
// of all answers see to; what is written here is only which.
func badInput() []check {
	return []check{
		{sentence: "JSON that ends anywhere before its end is 400.", run: malformed(func(b body) (texts []string) {
			text := b.String()
			for i := 1; i < len(text); i += 1 + len(text)/40 {
				texts = append(texts, text[:i])
			}
			return append(texts, text[:len(text)-1])
		})},
		{sentence: "What is not JSON, or no object, is 400.", run: malformed(func(b body) []string {
			text := b.String()
			return []string{
				"null", "true", "1", `"x"`, "[]", "[" + text + "]", " ", "\n", "\x00", "{", "}", "{}}", "{,}", `{"a"}`, `{"a":}`, `{:1}`, `{a:1}`, `{'a':1}`, "NaN", "undefined", "<xml/>", "a=1&b=2",
				"//\n" + text, "/**/" + text, strings.Replace(text, "}", ",}", 1), strings.Replace(text, ":", "=", 1), strings.ReplaceAll(text, `"`, `'`), text[1:], strings.ReplaceAll(text, `"`, `\"`), quote(text),
			}
		})},
		{sentence: "Numbers that are none are 400.", run: malformed(func(b body) (texts []string) {
			for _, n := range []string{"+1", "01", "-", "1.", ".5", "1e", "1e+", "0x1", "1_000", "1,000", "NaN", "Infinity", "-Infinity", "١", "1 000", "--1", "1f"} {
				texts = append(texts, b.with("/x", n))
			}
			return texts
		})},
		{sentence: "Texts that are none are 400: control characters, broken escapes, half a surrogate pair.", run: func(t *T) {
			for _, raw := range []string{
				"\"a\x00b\"", "\"a\nb\"", "\"a\tb\"", "\"\x1f\"", `"\x41"`, `"\u12"`, `"\u12g4"`, `"\"`, `"\ud800"`, `"\udc00"`, `"\ud800\u0041"`, `"\udfff\ud800"`, `"a`, `a"`, `'a'`,
			} {
				t.refuse(post("/orders", anOrder().with("/shippingAddress/city", raw)), 400, "")
			}
			t.expect(post("/orders", anOrder().with("/shippingAddress/city", `"\u0000\"\\\/\ud83d\ude00"`)), 201, 400)
		}},
		{sentence: "Huge numbers, in digits or exponents, are 400.", run: func(t *T) {
			digits := strings.Repeat("9", 20_000)
			for _, n := range []string{digits, "-" + digits, "0." + digits, "1e" + digits, "1e-" + digits, "1e400", "-1e400"} {
				t.refuse(post("/orders", anOrder().with("/items/0/quantity", n)), 400, "/items/0/quantity")
				t.refuse(post("/stock/"+fresh("product")+"/receive", receipt(0).with("/quantity", n)), 400, "/quantity")
			}
		}},
		{sentence: "Ids in a path that decode to anything else are 404.", run: func(t *T) {
			for _, path := range []string{
				"/orders/%00", "/orders/..%2f..", "/orders/..%2F..%2Fstock", "/orders/%2e%2e", "/orders/%2e%2e%2f", "/orders/a%2fb", "/orders/a%5cb", "/orders/a%23b", "/orders/a%3fb", "/orders/%0d%0aX:1",
				"/orders/%ff", "/orders/%c0%ae", "/orders/%ed%a0%80", "/orders/%E2%80%8B", "/orders/%d0%b7", "/orders/a%20b", "/orders/a+b", "/orders/%25zz", "/orders/" + strings.Repeat("x", 6000),
				"/stock/%00", "/stock/..%2f..", "/orders/%00/items", "/orders/x/items/%00", "/orders/%00/events", "/orders/a;b", "/orders/a=b", "/orders/{id}", "/orders/$a", "/orders/*",
			} {
				for _, method := range []string{"GET", "POST", "DELETE"} {
					t.refuse(request{method: method, target: path}, 404, "")
				}
			}
		}},
		{sentence: "A path with a broken escape is a problem.", run: func(t *T) {
			for _, path := range []string{"/orders/%zz", "/orders/%", "/orders/%1", "/%zz", "/orders/%zz/items", "/stock/%g0"} {
				for _, method := range []string{"GET", "POST", "DELETE"} {
					t.expect(request{method: method, target: path, raw: true}, 400, 404)
				}
			}
		}},
		{sentence: "A query with a broken escape is a problem.", run: func(t *T) {
			for _, target := range []string{"/orders?limit=%zz", "/orders?%", "/stock?cursor=%1", "/healthz?%zz"} {
				t.expect(get(target).verbatim(), 400)
			}
		}},
		{sentence: "Request lines and headers that are none are problems.", run: func(t *T) {
			for _, r := range []request{
				{method: "GET", target: "orders"},
				{method: "GET", target: "/orders x"},
				{method: "G(T", target: "/orders"},
				{method: "", target: "/orders"},
				{method: "GET", target: "/orders\x00"},
				{method: "GET", target: "/orders\x7f"},
				get("/orders").with("A b: c"), get("/orders").with(": c"), get("/orders").with("X: a\x00b"), get("/orders").with("Host: other"), get("/orders").with("Content-Length: -1"), get("/orders").with("Content-Length: x"),
				post("/orders", "").with("Content-Length: 1", "Content-Length: 2"), post("/orders", "").with("Idempotency-Key: a\x01b"), post("/orders", "").with("If-Match: \"a\x01\""),
			} {
				if a := t.send(r.verbatim()); a.status < 400 || a.status > 499 {
					t.fail(a, "4xx")
				}
			}
		}},
		{sentence: "A header that is there twice, where one is meant, is refused.", run: func(t *T) {
			p := t.place()
			r := post(p.path+"/items", anItem(fresh("product")).String())
			t.refuse(r.key("a").key("a"), 400, "")
			t.refuse(r.ifMatch(`"1"`).ifMatch(`"1"`), 400, "")
			t.refuse(r.with("Content-Type: application/json", "Content-Type: application/json"), 415, "")
			t.unwritten(p.path, 1)
		}},
		{sentence: "A body where none belongs does no harm.", run: func(t *T) {
			for _, text := range []string{"{}", "{", "\xff", strings.Repeat("x", 1000)} {
				for _, target := range []string{"/orders", "/healthz", "/stock"} {
					r := get(target)
					r.body = text
					t.expect(r, 200, 400)
				}
			}
		}},
		{sentence: "A large and odd Correlation-Id does no harm.", run: func(t *T) {
			for _, id := range []string{"", " ", strings.Repeat("x", 5000), "a b", "é", "\xff", "<script>", `"`, "a\tb"} {
				t.expect(get("/healthz").with("Correlation-Id: "+id), 200, 400)
				t.expect(post("/orders", anOrder().String()).with("Correlation-Id: "+id), 201, 400)
			}
		}},
		{sentence: "A chunk whose length is none is a problem.", run: func(t *T) {
			t.expect(post("/orders", "zz\r\n{}\r\n0\r\n\r\n").with("Transfer-Encoding: chunked", "Content-Type: application/json").verbatim(), 400)
		}},
	}
}
