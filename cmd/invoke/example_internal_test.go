package main

import (
	"context"
	"fmt"
	"io"
)

func Example() {
	fmt.Println(run(context.Background(), []string{"postman"}, io.Discard, io.Discard) != nil)
	err := run(context.Background(), []string{"queries"}, io.Discard, io.Discard)
	fmt.Println(err)
	// Output:
	// true
	// no event: open : no such file or directory; the samples for queries are:
	//   events/queries-bad-query.json
	//   events/queries-fulfilment.json
	//   events/queries-odd-path.json
	//   events/queries-order.json
	//   events/queries-orders.json
	//   events/queries-search.json
	//   events/queries-unknown-path.json
}
