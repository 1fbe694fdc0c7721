package journal_test

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel/journal"
)

func Example() {
	ctx := context.Background()
	store, err := boltstore.Open(boltstore.Memory)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()
	for _, id := range []string{"desk", "hall"} {
		lamp := eventstore.StreamID{Tenant: "home", Category: "lamp", ID: id}
		_, _ = store.Append(ctx, lamp, eventstore.NoStream(lamp), eventstore.Commit{
			Events:  []eventstore.Event{{Type: "lamp.lit.v1", Data: json.RawMessage(`{}`)}},
			Command: eventstore.CommandID{Key: "light " + id},
		})
	}
	var at journal.Cursor // whoever goes on later keeps its Text
	for {
		entries, next, err := boltstore.NewJournal(store).Read(ctx, journal.Page{Tenant: "home", After: at, Limit: 1})
		if err != nil || next.Equal(at) {
			fmt.Println("the end", err)
			return
		}
		for _, e := range entries {
			fmt.Println(e.Commit.Stream.ID, e.Commit.Events[0].Type)
		}
		at = next
	}
	// Output:
	// desk lamp.lit.v1
	// hall lamp.lit.v1
	// the end <nil>
}
