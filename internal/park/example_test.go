package park_test

import (
	"context"
	"fmt"

	"github.com/daybook-es/daybook/internal/stream/streamtest"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/readmodel/stocklevels"
)

// A batch with the last commit of a product is given up, and the product is not
// in the views at all.
func Example() {
	ctx, rows := context.Background(), boltstore.NewViews()
	b, _ := bookOf(ctx, new(memstore.Store), history(), nil)
	d := deploy(table, b, rows)
	for i, c := range b.commits {
		if c.Stream.ID == "product-1" && c.First > 2 {
			d.bucket.put(streamtest.Object(projectorName, streamtest.Records(table, b.commits[i]), 11))
			break
		}
	}
	err := d.drain(ctx)
	level, found, _ := stocklevels.Find(ctx, rows, tenant, "product-1")
	fmt.Println(level.OnHand, found, err)
	// Output: 8 true <nil>
}
