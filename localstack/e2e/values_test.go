package e2e_test

import (
	"testing"
)

func TestEachTestValueEndsAsTheWireSays(t *testing.T) {
	s := open(t)
	const (
		happy   = "ValidateOrder ReserveStock TakePayment ConfirmOrder ArrangeShipment ShipOrder HandOver NotifyCustomer"
		payment = "ValidateOrder ReserveStock TakePayment! BeginCancel CancelShipment RefundPayment ReleaseStock CancelOrder"
		carrier = "ValidateOrder ReserveStock TakePayment ConfirmOrder ArrangeShipment! BeginCancel CancelShipment RefundPayment ReleaseStock CancelOrder"
	)
	type end struct{ status, payment, shipment, reason, way string }
	shipped := end{"shipped", "captured", "dispatched", "", happy}
	undeliverable := end{"cancelled", "refunded", "none", "the carrier does not deliver to the address", carrier}
	for name, value := range map[string]struct {
		change  func(*purchase)
		end     end
		retried string // the step that is unavailable twice
	}{
		"tok_ok":                 {func(p *purchase) { p.method = "tok_ok" }, shipped, ""},
		"tok_flaky":              {func(p *purchase) { p.method = "tok_flaky" }, shipped, "TakePayment"},
		"tok_declined":           {func(p *purchase) { p.method = "tok_declined" }, end{"cancelled", "declined", "none", "the payment was declined", payment}, ""},
		"tok_insufficient_funds": {func(p *purchase) { p.method = "tok_insufficient_funds" }, end{"cancelled", "declined", "none", "there is not enough money for the payment", payment}, ""},
		"tok_timeout_after_charge": {
			func(p *purchase) { p.method = "tok_timeout_after_charge" }, end{"cancelled", "refunded", "none", "TakePayment was not done within 12s", payment}, "",
		},
		"tok_refund_flaky": {func(p *purchase) { p.method = "tok_refund_flaky" }, shipped, ""},
		"tok_refund_flaky to 00000": {
			func(p *purchase) { p.method, p.postalCode = "tok_refund_flaky", "00000" }, undeliverable, "RefundPayment",
		},
		"00000":            {func(p *purchase) { p.postalCode = "00000" }, undeliverable, ""},
		"00001":            {func(p *purchase) { p.postalCode = "00001" }, shipped, "ArrangeShipment"},
		"down@example.com": {func(p *purchase) { p.email = "down@example.com" }, end{"shipped", "captured", "dispatched", "", happy + "!"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			product := s.receive(t, 10)
			p := want(product, 2)
			value.change(p)
			s.buy(t, p)
			a, r := s.audit(t, map[string]int{product: 10}, p)[p.id], s.ended(t, p.id)
			got := end{a.Status, a.Payment.Status, a.Shipment.Status, "", r.way()}
			if a.CancelReason != nil {
				got.reason = *a.CancelReason
			}
			if got != value.end {
				t.Errorf("\ngot  %+v\nwant %+v", got, value.end)
			}
			if value.retried != "" && r.attempts(value.retried) < 3 {
				t.Errorf("%s was tried %d times, and is unavailable twice", value.retried, r.attempts(value.retried))
			}
		})
	}
}
