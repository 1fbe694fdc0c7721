package main

import "slices"

// A testValue is a line of the table: how an order with these values ends.
type testValue struct {
	sentence string
	values   []func(body)
	ways     [][]string
	end      end
	retried  string // the step that is unavailable twice
}

func paying(method string) func(body) {
	return func(sent body) { sent["paymentMethod"] = method }
}

func to(postalCode string) func(body) {
	return func(sent body) { sent["shippingAddress"].(body)["postalCode"] = postalCode }
}

func mailing(email string) func(body) {
	return func(sent body) { sent["customerEmail"] = email }
}

func table() []testValue {
	all := func(values ...func(body)) []func(body) { return values }
	ways := func(ways ...[]string) [][]string { return ways }
	return []testValue{
		{"tok_ok: shipped.", all(paying("tok_ok")), ways(happy()), endShipped, ""},
		{"tok_flaky, whose gateway is unavailable twice: shipped.", all(paying("tok_flaky")), ways(happy()), endShipped, "TakePayment"},
		{"tok_declined: cancelled, nothing captured; the payment stays declined.", all(paying("tok_declined")), ways(way("TakePayment", "refused")), endDeclined, ""},
		{"tok_insufficient_funds: cancelled, nothing captured; the payment stays declined.", all(paying("tok_insufficient_funds")), ways(way("TakePayment", "refused")), endDeclined, ""},
		{"tok_timeout_after_charge: cancelled, captured once, refunded once.", all(paying("tok_timeout_after_charge")), ways(way("TakePayment", "refused"), way("TakePayment", "failed")), endRefunded, ""},
		{"tok_refund_flaky: shipped as with tok_ok.", all(paying("tok_refund_flaky")), ways(happy()), endShipped, ""},
		{"tok_refund_flaky, when something later fails: the refund is unavailable twice; refunded in full.", all(paying("tok_refund_flaky"), to("00000")), ways(way("ArrangeShipment", "refused")), endRefunded, "RefundPayment"},
		{"postalCode 00000, which the carrier refuses: cancelled, refunded.", all(to("00000")), ways(way("ArrangeShipment", "refused")), endRefunded, ""},
		{"postalCode 00001, whose carrier is unavailable twice: shipped.", all(to("00001")), ways(happy()), endShipped, "ArrangeShipment"},
		{"down@example.com, whose notifier never answers: shipped; NotifyCustomer failed, the run succeeded.", all(mailing("down@example.com")), ways(way("NotifyCustomer", "failed")), endShipped, ""},
	}
}

func values() []check {
	var all []check
	for _, v := range table() {
		all = append(all, check{sentence: v.sentence, long: true, run: func(t *T) {
			p := t.submit(t.stocked(v.values...))
			run := t.ran(p, v.ways...)
			t.ends(p, v.end)
			if v.retried != "" && attempts(run, v.retried) < 3 {
				t.fail(run, "3 attempts of %s: two in vain", v.retried)
			}
		}})
	}
	return slices.Concat(all, []check{
		{sentence: "Any other paymentMethod is refused when the order is placed (422).", run: func(t *T) {
			for _, method := range []string{"", " ", "tok", "tok_", "tok_OK", "TOK_OK", " tok_ok", "tok_ok ", "tok_ok\x00", "tok_none", "visa", "4242424242424242", "tok_ök", "ｔｏｋ_ok", "tok_ok,tok_declined"} {
				t.refuse(post("/orders", anOrder().with("/paymentMethod", quote(method))), 422, "")
			}
		}},
	})
}
