package e2e_test

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"testing"

	"github.com/daybook-es/daybook/pkg/domain"
)

// The lines are those that people paste: they are read from the README.
func TestTheReadmesOrderShips(t *testing.T) {
	s := open(t)
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := regexp.MustCompile("(?s)```sh\n(ORDER=.*?)```").FindSubmatch(readme)
	if lines == nil {
		t.Fatal("the README has no order to paste")
	}
	before := map[string]int{"product-1": s.onHand(t, "product-1"), "product-2": s.onHand(t, "product-2")}

	pasted := exec.CommandContext(t.Context(), "bash", "-c", string(lines[1])+"\necho >&2 $ORDER")
	pasted.Env = append(os.Environ(), "DAYBOOK="+s.url)
	var order bytes.Buffer
	pasted.Stderr = &order
	output, err := pasted.Output()
	id := regexp.MustCompile(`(?m)^/orders/(\S+)$`).FindSubmatch(order.Bytes())
	if err != nil || id == nil {
		t.Fatalf("%v: %s%s", err, output, &order)
	}

	r := s.ended(t, string(id[1]))
	if want := "ValidateOrder ReserveStock TakePayment ConfirmOrder ArrangeShipment ShipOrder HandOver NotifyCustomer"; r.Status != "succeeded" || r.way() != want {
		t.Errorf("the run %s by %s", r.Status, r.way())
	}
	a := s.order(t, string(id[1]))
	if total := (domain.Money{Amount: 10997, Currency: "USD"}); a.Status != "shipped" || a.Shipment.Status != "dispatched" || a.Payment.Status != "captured" || a.Total != total || a.Payment.Captured != total || a.Version != 4 {
		t.Errorf("the order is %+v", a)
	}
	for product, pieces := range map[string]int{"product-1": 2, "product-2": 1} {
		if got, want := s.onHand(t, product), before[product]-pieces; got != want {
			t.Errorf("of %s %d are left, want %d", product, got, want)
		}
	}
}

// onHand returns how many pieces the API shows, after every event of the product.
func (s *stack) onHand(t *testing.T, product string) int {
	t.Helper()
	var got struct{ OnHand int }
	s.atLeast(t, "/stock/"+product, len(s.types(t, "stock", product)), &got)
	return got.OnHand
}
