package memstore_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/eventstore/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(testing.TB) eventstore.Store { return new(memstore.Store) })
}

func Example() {
	store, ctx := new(memstore.Store), context.Background()
	lamp := eventstore.StreamID{Tenant: "home", Category: "lamp", ID: "lamp-1"}
	start := eventstore.NoStream(lamp)
	on := eventstore.Commit{
		Events:  []eventstore.Event{{Type: "lamp.switched_on.v1", Data: []byte(`{}`)}},
		Command: eventstore.CommandID{Key: "first"},
	}

	stored, err := store.Append(ctx, lamp, start, on)
	fmt.Println(stored.Last(), err)
	on.Command.Key = "second"
	_, err = store.Append(ctx, lamp, start, on)
	fmt.Println(err)
	// Output:
	// 1 <nil>
	// stream home/lamp/lamp-1 is not at version 0
}
