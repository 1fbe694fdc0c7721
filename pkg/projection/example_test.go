package projection_test

import (
	"context"
	"fmt"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// count is what the example's view shows of a stream.
type count struct{ Sum int }

func (c *count) added(e added, _ eventstore.Recorded) error {
	c.Sum += e.N
	return nil
}

func Example() {
	ctx, store, rows := context.Background(), new(memstore.Store), boltstore.NewViews()
	view := projection.New("count", rows, store,
		func(count) ([]string, string) { return nil, "" },
		projection.From("till", events, projection.On((*count).added)))

	end := eventstore.NoStream(stream("till", "1"))
	for i := range 3 {
		c, _ := store.Append(ctx, end.Stream(), end, eventstore.Commit{
			Events:  []eventstore.Event{stored(added{N: i})},
			Command: eventstore.CommandID{Key: fmt.Sprint(i)},
		})
		end = c.End()
		if i == 2 { // the others were lost on the way
			fmt.Println(view.Apply(ctx, c, c))
		}
	}
	row, _ := rows.Get(ctx, readmodel.Key{View: "count", Tenant: "t", ID: "1"})
	fmt.Println(string(row.Data), row.Applied["till"].Version())
	// Output:
	// <nil>
	// {"Sum":3} 3
}
