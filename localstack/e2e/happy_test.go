package e2e_test

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"testing"
	"time"

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

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	pasted := exec.CommandContext(ctx, "bash", "-c", string(lines[1])+"\necho >&2 $ORDER")
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
	var a account
	shipped := until(func() bool {
		return s.get(t, "/orders/"+string(id[1]), &a) == http.StatusOK && a.Shipment.Status == "dispatched" && a.Payment.Status == "captured"
	})
	if total := (domain.Money{Amount: 10997, Currency: "USD"}); !shipped || a.Status != "shipped" || a.Total != total || a.Payment.Captured != total || a.Version != 4 {
		t.Errorf("the order is %+v", a)
	}
	for product, pieces := range map[string]int{"product-1": 2, "product-2": 1} {
		if want := before[product] - pieces; !until(func() bool { return s.onHand(t, product) == want }) {
			t.Errorf("of %s %d are left, want %d", product, s.onHand(t, product), want)
		}
	}
}

func (s *stack) onHand(t *testing.T, product string) int {
	t.Helper()
	var got struct{ OnHand int }
	if status := s.get(t, "/stock/"+product, &got); status != http.StatusOK {
		t.Fatalf("there is no %s: %d", product, status)
	}
	return got.OnHand
}
