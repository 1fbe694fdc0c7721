package command_test

import (
	"context"
	"fmt"

	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
)

func ExampleLoop_Do() {
	loop := command.New(new(memstore.Store), "t", tills)
	ctx := context.Background()

	loop.Do(ctx, "till-1", command.Request{}, open{})
	request := command.Request{Key: "from-the-client", Fingerprint: "of-the-request"}
	first, _ := loop.Do(ctx, "till-1", request, cents(500))
	again, _ := loop.Do(ctx, "till-1", request, cents(500))
	_, err := loop.Do(ctx, "till-2", request, cents(500))

	fmt.Println(first.State.Sum, first.Version, again == first, err)
	// Output: 500 2 true there is no such till
}
