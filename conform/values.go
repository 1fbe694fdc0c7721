package main

func values() []check {
	return []check{
		{sentence: "The payment methods of the table are taken when an order is placed.", run: func(t *T) {
			for _, method := range []string{"tok_ok", "tok_flaky", "tok_declined", "tok_insufficient_funds", "tok_timeout_after_charge", "tok_refund_flaky"} {
				t.expect(post("/orders", anOrder().with("/paymentMethod", quote(method))), 201)
			}
		}},
		{sentence: "So are its postal codes, and down@example.com.", run: func(t *T) {
			for _, code := range []string{"00000", "00001"} {
				t.expect(post("/orders", anOrder().with("/shippingAddress/postalCode", quote(code))), 201)
			}
			t.expect(post("/orders", anOrder().with("/customerEmail", `"down@example.com"`)), 201)
		}},
		{sentence: "Any other paymentMethod is refused when the order is placed (422).", run: func(t *T) {
			for _, method := range []string{"", " ", "tok", "tok_", "tok_OK", "TOK_OK", " tok_ok", "tok_ok ", "tok_ok\x00", "tok_none", "visa", "4242424242424242", "tok_ök", "ｔｏｋ_ok", "tok_ok,tok_declined"} {
				t.refuse(post("/orders", anOrder().with("/paymentMethod", quote(method))), 422, "")
			}
		}},
	}
}
