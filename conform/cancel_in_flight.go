package main

import (
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

func inFlight() []check {
	return []check{
		{sentence: "Cancel of a submitted order: 202 and cancelling; while it is: 202, nothing written; it ends cancelled.", long: true, run: func(t *T) {
			p := t.reserved(t.stocked(paying("tok_timeout_after_charge"))) // it will never be confirmed, and takes long to tell
			a := t.until(get(p.path+"/fulfilment"), func(a answer) bool { return a.is(200) })
			t.same(a, a.at("/status"), "running")
			cancel := post(p.path+"/cancel", cancellation).key(fresh("key"))
			again := post(p.path+"/cancel", body{"reason": "another"}.String()).key(fresh("key"))

			first := t.must(cancel, 202)
			t.written(first, p, "cancelling", due, 3)
			t.again(first, cancel)
			t.written(t.must(again, 202), p, "cancelling", due, 3)
			t.refuse(post(p.path+"/deliver", ""), 422, "")
			a = t.atVersion(p.path, 3)
			t.same(a, []any{a.at("/version"), a.at("/status"), a.at("/cancelReason")}, []any{3, "cancelling", "changed my mind"})

			t.ran(p, way("TakePayment", "refused"), way("TakePayment", "failed"))
			t.ends(p, endRefunded)
			t.again(first, cancel) // it wrote; the other did not, and is decided anew
			t.written(t.must(again, 200), p, "cancelled", due, 4)
			a = t.atVersion(p.path, 4)
			t.same(a, []any{a.at("/version"), a.at("/cancelReason")}, []any{4, "changed my mind"})
		}},
		{sentence: "Cancel of a confirmed order: 202 and cancelling; it ends cancelled.", long: true, run: func(t *T) {
			p := t.submit(t.stocked(to("00001")))                            // the carrier keeps it confirmed for a while
			t.within(t.lasting, get(p.path+"/events"), func(a answer) bool { // a view may say it too late
				return strings.HasPrefix(a.text("/items/2/type"), "order.confirmed.")
			})
			t.endsAs(p, t.expect(post(p.path+"/cancel", cancellation), 202))
		}},
		{sentence: "Cancel at any moment of 20 runs: granted, it ends cancelled, stock and money whole; refused, it was shipped.", long: true, run: func(t *T) {
			// One way may be over before a cancel is there; the other waits on it,
			// for the gateway and for the carrier.
			slow := []func(body){paying("tok_flaky"), to("00001")}
			const runs = 10
			part, slowPart := t.lasts()/runs, t.lasts(slow...)/runs
			t.beside(2*runs, func(i int) {
				values, part, nth := []func(body){}, part, time.Duration(i/2)
				if i%2 == 1 {
					values, part = slow, slowPart
				}
				p := t.submit(t.stocked(values...))
				time.Sleep(part*nth + rand.N(part))
				cancel := post(p.path+"/cancel", cancellation).key(fresh("key"))
				a := t.expect(cancel, 202, 422)
				t.endsAs(p, a)
				if a.is(202) {
					t.again(a, cancel)
				}
			})
		}},
	}
}

// lasts returns how long the way of an order with these values is, and a little
// more, when nobody interferes.
func (t *T) lasts(values ...func(body)) time.Duration {
	a := t.atVersion(t.ship(values...).path, 4)
	begun, _ := time.Parse(time.RFC3339Nano, a.text("/submittedAt"))
	gone, _ := time.Parse(time.RFC3339Nano, a.text("/shippedAt"))
	return max(gone.Sub(begun), 10*time.Millisecond) * 5 / 4
}

// endsAs checks that an order without any trouble of its own ends as the answer
// to its cancellation says.
func (t *T) endsAs(p placed, cancelled answer) {
	if !cancelled.is(202) {
		t.ran(p, happy())
		t.ends(p, endShipped)
		return
	}
	t.same(cancelled, cancelled.at("/status"), "cancelling")
	went := steps(t.ran(p, withdrawn()...))
	e := endUnpaid
	if slices.Contains(went, "TakePayment succeeded") {
		e = endRefunded
	}
	if slices.Contains(went, "ArrangeShipment succeeded") {
		e = endRecalled
	}
	t.ends(p, e)
	t.comes(get(p.path), func(a answer) any { return a.at("/cancelReason") }, "changed my mind")
}
