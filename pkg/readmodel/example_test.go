package readmodel_test

import (
	"context"
	"fmt"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// A list is read page by page, each from the last row of the one before.
func ExampleStore() {
	ctx := context.Background()
	var store readmodel.Store = boltstore.NewViews()
	for _, id := range []string{"ord-1", "ord-2", "ord-3"} {
		store.Put(ctx, readmodel.Row{
			Key:   readmodel.Key{View: "orders", Tenant: "t", ID: id},
			Data:  []byte(`{}`),
			Lists: []string{"all"},
		})
	}
	page := readmodel.Page{View: "orders", Tenant: "t", List: "all", Limit: 2, Descending: true}
	for {
		rows, err := store.List(ctx, page)
		if len(rows) == 0 {
			fmt.Println("end", err)
			return
		}
		for _, r := range rows {
			fmt.Println(r.ID)
			page.After = readmodel.Place{Sort: r.Sort, ID: r.ID}
		}
	}
	// Output:
	// ord-3
	// ord-2
	// ord-1
	// end <nil>
}
