package sandbox_test

import (
	"context"
	"fmt"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/fulfilment/sandbox"
)

// The gateway is unavailable twice. Whoever asks again is charged once.
func Example() {
	ctx, ledger := context.Background(), new(sandbox.Memory)
	gateway := sandbox.Gateway(ledger)
	key := fulfilment.Key("t", "ord-1", "TakePayment")
	charge := fulfilment.Charge{OrderID: "ord-1", Amount: domain.Money{Amount: 2999, Currency: "USD"}, Method: "tok_flaky"}
	for range 4 {
		fmt.Println(gateway.Do(ctx, key, charge))
	}

	entries, err := sandbox.Entries(ctx, ledger)
	for _, e := range entries {
		fmt.Println(e.Key, e.Done, e.Undone, string(e.Out))
	}
	fmt.Println(err)
	// Output:
	// {0 } t/ord-1/TakePayment: unavailable
	// {0 } t/ord-1/TakePayment: unavailable
	// {2999 USD} <nil>
	// {2999 USD} <nil>
	// t/ord-1/TakePayment 1 0 {"amount":2999,"currency":"USD"}
	// <nil>
}
