package saga_test

import (
	"encoding/json"
	"fmt"

	"github.com/daybook-es/daybook/functions/saga"
)

func Example() {
	var machine struct {
		StartAt string
		States  map[string]struct{ Next string }
	}
	if err := json.Unmarshal(saga.Fulfilment, &machine); err != nil {
		fmt.Println(err)
	}
	for name := machine.StartAt; name != ""; name = machine.States[name].Next {
		fmt.Println(name)
	}
	// Output:
	// ValidateOrder
	// ReserveStock
	// TakePayment
	// ConfirmOrder
	// ArrangeShipment
	// ShipOrder
	// HandOver
	// NotifyCustomer
}
