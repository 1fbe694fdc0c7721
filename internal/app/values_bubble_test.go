package app_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/daybook-es/daybook/internal/bubble"
)

func TestTheHappyOrderShipsAndEachTestValueThatFailsLeavesNoTrace(t *testing.T) {
	bubble.Run(t, func(t *testing.T, n *bubble.Network) {
		s := openShop(t, n, t.TempDir(), true)
		demo := map[string]int{"product-1": 100, "product-2": 50}
		both := map[string]int{"product-1": 2, "product-2": 1}

		happy := &purchase{key: "happy", basket: basket{"tok_ok", "12345", both}}
		if err := happy.finish(t.Context(), s.site); err != nil {
			t.Fatal(err)
		}
		s.await(t, happy.id, run.over)
		if total, one, two := happy.total(), s.onHand(t, "product-1"), s.onHand(t, "product-2"); total != 10997 || one != 98 || two != 49 {
			t.Errorf("for %d, %d of product-1 and %d of product-2 are left", total, one, two)
		}

		type end struct{ reason, payment, shipment, steps string }
		const (
			payment = "ValidateOrder ReserveStock TakePayment! BeginCancel CancelShipment RefundPayment ReleaseStock CancelOrder"
			carrier = "ValidateOrder ReserveStock TakePayment ConfirmOrder ArrangeShipment! BeginCancel CancelShipment RefundPayment ReleaseStock CancelOrder"
		)
		ends := map[*purchase]end{
			{basket: basket{"tok_declined", "12345", both}}:             {"the payment was declined", "declined", "none", payment},
			{basket: basket{"tok_insufficient_funds", "12345", both}}:   {"there is not enough money for the payment", "declined", "none", payment},
			{basket: basket{"tok_ok", "00000", both}}:                   {"the carrier does not deliver to the address", "refunded", "none", carrier},
			{basket: basket{"tok_refund_flaky", "00000", both}}:         {"the carrier does not deliver to the address", "refunded", "none", carrier},
			{basket: basket{"tok_timeout_after_charge", "12345", both}}: {"TakePayment was not done within 12s", "refunded", "none", payment},
		}
		purchases := []*purchase{happy}
		var wg sync.WaitGroup
		for p := range ends {
			p.key = p.method + " " + p.postalCode
			purchases = append(purchases, p)
			wg.Go(func() {
				if err := p.finish(t.Context(), s.site); err != nil {
					t.Error(err)
				}
			})
		}
		if wg.Wait(); t.Failed() {
			return
		}
		ran := map[*purchase]string{happy: ""}
		for p := range ends {
			ran[p] = s.await(t, p.id, run.over).way()
		}
		orders, kept := s.audit(t, demo, purchases...)
		for p, want := range ends {
			a := orders[p.id]
			if got := (end{*a.CancelReason, a.Payment.Status, a.Shipment.Status, ran[p]}); got != want {
				t.Errorf("%s:\ngot  %+v\nwant %+v", p.key, got, want)
			}
		}
		if orders[happy.id].Status != "shipped" || kept != 10997 {
			t.Errorf("the happy order is %+v, and %d was kept", orders[happy.id], kept)
		}
	})
}

// way names the steps of a run, and marks those that did not succeed.
func (r run) way() string {
	var names []string
	for _, s := range r.Steps {
		if s.Status != "succeeded" {
			s.Name += "!"
		}
		names = append(names, s.Name)
	}
	return strings.Join(names, " ")
}
