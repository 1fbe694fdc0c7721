package order_test

import (
	"fmt"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
)

func Example() {
	state := domain.Fold(order.State{}, handedIn...)
	events, err := order.Cancel{Reason: "changed my mind", At: noon}.Decide(state)
	fmt.Println(events[0].EventType(), err)
	_, err = order.Ship{}.Decide(domain.Fold(state, events...))
	fmt.Println(err)
	// Output:
	// order.cancel_started.v1 <nil>
	// the order is cancelled or about to be
}
