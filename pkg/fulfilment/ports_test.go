package fulfilment_test

import (
	"context"
	"fmt"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/fulfilment/sandbox"
)

func ExamplePort() {
	ctx := context.Background()
	gateway := sandbox.Gateway(new(sandbox.Memory))
	key := fulfilment.Key("t", "ord-1", "TakePayment")
	charge := fulfilment.Charge{OrderID: "ord-1", Amount: domain.Money{Amount: 2999, Currency: "USD"}, Method: "tok_ok"}

	for range 2 {
		captured, err := gateway.Do(ctx, key, charge)
		fmt.Println(captured, err)
	}
	for range 2 {
		back, err := gateway.Undo(ctx, key)
		fmt.Println(*back, err)
	}
	_, err := gateway.Do(ctx, key, charge)
	fmt.Println(err)
	// Output:
	// {2999 USD} <nil>
	// {2999 USD} <nil>
	// {2999 USD} <nil>
	// {2999 USD} <nil>
	// it was taken back and is not done any more
}
