package app_test

import (
	"slices"
	"testing"
	"time"
)

// TestARestartGoesOnAtOnceWithWhatWasUnderWay ends the program while a payment is
// tried again. The sweep comes every minute only.
func TestARestartGoesOnAtOnceWithWhatWasUnderWay(t *testing.T) {
	t.Parallel() // it waits for the gateway
	for name, c := range map[string]struct {
		basket
		regret bool
		status string
		way    string
	}{
		"forward": {
			basket{"tok_flaky", "12345", map[string]int{"product-1": 1}},
			false, "shipped",
			"ValidateOrder ReserveStock TakePayment ConfirmOrder ArrangeShipment ShipOrder HandOver NotifyCustomer",
		},
		"cancelled meanwhile": {
			basket{"tok_flaky", "12345", map[string]int{"product-1": 1}},
			true, "cancelled",
			"ValidateOrder ReserveStock TakePayment ConfirmOrder! BeginCancel CancelShipment RefundPayment ReleaseStock CancelOrder",
		},
		"back": {
			basket{"tok_refund_flaky", "00000", map[string]int{"product-1": 1}},
			false, "cancelled",
			"ValidateOrder ReserveStock TakePayment ConfirmOrder ArrangeShipment! BeginCancel CancelShipment RefundPayment ReleaseStock CancelOrder",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, received := t.TempDir(), map[string]int{"product-1": 5}
			p := &purchase{key: "purchase", basket: c.basket}
			first := openShop(t, data, false)
			first.receive(t, received)
			if err := p.finish(t.Context(), first.url); err != nil {
				t.Fatal(err)
			}
			before := first.await(t, p.id, 10*time.Second, func(r run) bool {
				return slices.ContainsFunc(r.Steps, func(s step) bool { return s.Name == "ReserveStock" || s.Name == "CancelShipment" })
			})
			if p.regret = c.regret; p.finish(t.Context(), first.url) != nil || p.regret && p.cancelled != 202 {
				t.Fatalf("the cancel was answered with %d", p.cancelled)
			}
			stopping := time.Now()
			first.close(t)
			if took := time.Since(stopping); before.over() || took > 5*time.Second {
				t.Errorf("it stopped within %v; the run was %+v", took, before)
			}

			second := openShop(t, data, false)
			began := time.Now()
			after := second.await(t, p.id, 20*time.Second, run.over)
			t.Logf("over after %v", time.Since(began))
			if after.way() != c.way {
				t.Errorf("got  %s\nwant %s", after.way(), c.way)
			}
			if orders, _ := second.audit(t, received, p); orders[p.id].Status != c.status {
				t.Errorf("it ended %s", orders[p.id].Status)
			}
		})
	}
}

func TestAfterAKillARestartGoesOnAtOnceWithWhatWasUnderWay(t *testing.T) {
	t.Parallel()
	data, received := t.TempDir(), map[string]int{"product-1": 5}
	first := openShop(t, data, false)
	first.receive(t, received)
	first.close(t)
	p := &purchase{key: "purchase", basket: basket{"tok_flaky", "12345", map[string]int{"product-1": 1}}}
	url, wait := doomed(t, data, time.Second) // the payment takes three
	err := p.finish(t.Context(), url)
	if wait(); err != nil {
		t.Fatal(err)
	}
	last := openShop(t, data, false)
	last.await(t, p.id, 20*time.Second, run.over)
	if orders, _ := last.audit(t, received, p); orders[p.id].Status != "shipped" {
		t.Errorf("it ended %s", orders[p.id].Status)
	}
}
