package ministack_test

import (
	"context"
	"fmt"

	"github.com/daybook-es/daybook/internal/ministack"
)

// It has no output to compare: where Python is missing there is none.
func Example() {
	ctx := context.Background()
	endpoint, _, stop, err := ministack.Start(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer stop()
	queue, err := ministack.CreateQueue(ctx, ministack.Config(endpoint), "orders", "")
	fmt.Println(queue.URL, err)
}
