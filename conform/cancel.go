package main

func cancelling() []check {
	return []check{
		{sentence: "Cancel of a pending order: 200, cancelled at once, for the reason given.", run: func(t *T) {
			p := t.place()
			t.written(t.must(post(p.path+"/cancel", body{"reason": " no\nmore é "}.String()), 200), p, "cancelled", 2*2999, 2)
			a := t.atVersion(p.path, 2)
			t.same(a, body{"status": a.at("/status"), "cancelReason": a.at("/cancelReason")}, body{"status": "cancelled", "cancelReason": " no\nmore é "})
			if !isTime(a.at("/cancelledAt")) {
				t.fail(a, "a time as cancelledAt")
			}
		}},
		{sentence: "Cancel of a cancelled order: 200, nothing written.", run: func(t *T) {
			p := t.place()
			t.must(post(p.path+"/cancel", cancellation), 200)
			for _, reason := range []string{"changed my mind", "another"} {
				t.written(t.must(post(p.path+"/cancel", body{"reason": reason}.String()), 200), p, "cancelled", 2*2999, 2)
			}
			a := t.atVersion(p.path, 2)
			t.same(a, a.at("/cancelReason"), "changed my mind")
		}},
		{sentence: "Cancel of a submitted order: 202 and cancelling, or 200 and cancelled; it ends in cancelled.", run: func(t *T) {
			p := t.place() // of a product that nobody has: it cannot be shipped before
			t.must(post(p.path+"/submit", ""), 202)
			a := t.must(post(p.path+"/cancel", cancellation), 200, 202)
			if want := map[int]string{200: "cancelled", 202: "cancelling"}[a.status]; a.text("/status") != want {
				t.fail(a, "status %s", want)
			}
			last := t.until(get(p.path), func(a answer) bool { return a.text("/status") == "cancelled" })
			if last.text("/status") != "cancelled" {
				t.fail(last, "status cancelled in the end")
			}
		}},
		{sentence: "Deliver of what is not shipped: 422.", run: func(t *T) {
			pending, cancelled := t.place(), t.place()
			t.must(post(cancelled.path+"/cancel", cancellation), 200)
			for _, p := range []placed{pending, cancelled} {
				t.refuse(post(p.path+"/deliver", ""), 422, "")
			}
			t.unwritten(pending.path, 1)
		}},
	}
}
