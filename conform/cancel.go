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
		{sentence: "Cancel of what its run has cancelled: 200, nothing written.", long: true, run: func(t *T) {
			p := t.place() // of a product that nobody has
			t.ended(t.submit(p))
			t.stands(p, endUnpaid)
			t.written(t.must(post(p.path+"/cancel", cancellation), 200), p, "cancelled", due, 4)
			t.unwritten(p.path, 4)
		}},
		{sentence: "Cancel of a shipped or delivered order: 422, nothing written.", long: true, run: func(t *T) {
			p := t.ship()
			t.refuse(post(p.path+"/cancel", cancellation), 422, "")
			t.unwritten(p.path, 4)
			t.must(post(p.path+"/deliver", ""), 200)
			t.refuse(post(p.path+"/cancel", cancellation), 422, "")
			t.unwritten(p.path, 5)
		}},
	}
}
