package app_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/daybook-es/daybook/internal/bubble"
)

// TestARestartGoesOnAtOnceWithWhatWasUnderWay ends the program while a payment is
// tried again. The sweep comes every minute only.
func TestARestartGoesOnAtOnceWithWhatWasUnderWay(t *testing.T) {
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
		inBubble(t, name, func(t *testing.T, n *bubble.Network) {
			data, received := t.TempDir(), map[string]int{"product-1": 5}
			p := &purchase{key: "purchase", basket: c.basket}
			first := openShop(t, n, data, false)
			first.receive(t, received)
			if err := p.finish(t.Context(), first.site); err != nil {
				t.Fatal(err)
			}
			before := first.await(t, p.id, func(r run) bool {
				return slices.ContainsFunc(r.Steps, func(s step) bool { return s.Name == "ReserveStock" || s.Name == "CancelShipment" })
			})
			if p.regret = c.regret; p.finish(t.Context(), first.site) != nil || p.regret && p.cancelled != 202 {
				t.Fatalf("the cancel was answered with %d", p.cancelled)
			}
			stopping := time.Now()
			first.close(t)
			if took := time.Since(stopping); before.over() || took > 5*time.Second {
				t.Errorf("it stopped within %v; the run was %+v", took, before)
			}

			second := openShop(t, n, data, false)
			began := time.Now()
			after := second.await(t, p.id, run.over)
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("it was over %v after the start, want less than 20s", took)
			}
			if after.way() != c.way {
				t.Errorf("got  %s\nwant %s", after.way(), c.way)
			}
			if orders, _ := second.audit(t, received, p); orders[p.id].Status != c.status {
				t.Errorf("it ended %s", orders[p.id].Status)
			}
		})
	}
}

// TestAfterAKillARestartGoesOnAtOnceWithWhatWasUnderWay starts over a copy of the
// files as they are while a payment is tried again: that is what a kill leaves.
func TestAfterAKillARestartGoesOnAtOnceWithWhatWasUnderWay(t *testing.T) {
	bubble.Run(t, func(t *testing.T, n *bubble.Network) {
		data, left, received := t.TempDir(), filepath.Join(t.TempDir(), "left"), map[string]int{"product-1": 5}
		first := openShop(t, n, data, false)
		first.receive(t, received)
		p := &purchase{key: "purchase", basket: basket{"tok_flaky", "12345", map[string]int{"product-1": 1}}}
		if err := p.finish(t.Context(), first.site); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second) // the payment takes three
		synctest.Wait()         // nothing writes
		if err := os.CopyFS(left, os.DirFS(data)); err != nil {
			t.Fatal(err)
		}
		if r, err := first.look(t.Context(), p.id); err != nil || r.way() != "ValidateOrder ReserveStock" {
			t.Errorf("the run was %+v, %v; want it to wait for the payment", r, err)
		}
		first.close(t)

		last, began := openShop(t, n, left, false), time.Now()
		last.await(t, p.id, run.over)
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("it was over %v after the start, want less than 20s", took)
		}
		if orders, _ := last.audit(t, received, p); orders[p.id].Status != "shipped" {
			t.Errorf("it ended %s", orders[p.id].Status)
		}
	})
}
