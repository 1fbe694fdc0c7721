package main

import "slices"

// An end is what is to be read of an order once its run has ended.
type end struct {
	status             string
	payment            string
	captured, refunded int64
	shipment           string
}

const due = 2 * 2999 // the total of anOrder

var (
	endShipped  = end{"shipped", "captured", due, 0, "dispatched"}
	endDeclined = end{"cancelled", "declined", 0, 0, "none"}
	endUnpaid   = end{"cancelled", "none", 0, 0, "none"}
	endRefunded = end{"cancelled", "refunded", due, due, "none"}
	endRecalled = end{"cancelled", "refunded", due, due, "cancelled"}
)

// ends checks a stocked order whose run has ended, and what there is of its
// product.
func (t *T) ends(p placed, e end) {
	t.stands(p, e)
	if e.status == "cancelled" {
		t.holds(p.product, inStock)
	} else {
		t.holds(p.product, inStock-2)
	}
}

// stands checks an order whose run has ended: itself, its money and its shipment.
func (t *T) stands(p placed, e end) {
	cancelled := e.status == "cancelled"
	t.comes(get(p.path), func(a answer) any {
		return body{
			"status": a.at("/status"), "payment": a.at("/payment"), "shipment": a.at("/shipment/status"),
			"reason": a.text("/cancelReason") != "", "cancelledAt": a.at("/cancelledAt") != nil, "shippedAt": a.at("/shippedAt") != nil,
			"tracked": e.shipment == "cancelled" || a.text("/shipment/trackingNumber") != "",
		}
	}, body{
		"status": e.status, "payment": body{"status": e.payment, "captured": usd(e.captured), "refunded": usd(e.refunded)}, "shipment": e.shipment,
		"reason": cancelled, "cancelledAt": cancelled, "shippedAt": !cancelled,
		"tracked": e.shipment != "none",
	})
}

// holds checks how many pieces there are of a product, none of them reserved.
func (t *T) holds(product string, onHand int) {
	t.comes(get("/stock/"+product), func(a answer) any {
		return body{"onHand": a.at("/onHand"), "reserved": a.at("/reserved"), "available": a.at("/available")}
	}, body{"onHand": onHand, "reserved": 0, "available": onHand})
}

// ran checks the run of an order once it has ended: that its steps went one of
// these ways, and its status. It returns the fulfilment.
func (t *T) ran(p placed, ways ...[]string) answer {
	a := t.ended(p)
	went := ways[0]
	for _, way := range ways {
		if slices.Equal(steps(a), way) {
			went = way
		}
	}
	status := "succeeded"
	if slices.Contains(went, "CancelOrder succeeded") {
		status = "compensated"
	}
	t.same(a, body{"status": a.at("/status"), "steps": steps(a)}, body{"status": status, "steps": went})
	return a
}
