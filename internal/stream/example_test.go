package stream_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/aws/aws-lambda-go/events"

	"github.com/daybook-es/daybook/internal/stream"
	"github.com/daybook-es/daybook/internal/stream/streamtest"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/readmodel/stocklevels"
)

// A receipt of a product comes with the stream of the table, and behind it an
// event that this program does not know.
func Example() {
	ctx, store, rows := context.Background(), new(memstore.Store), boltstore.NewViews()
	lamp := eventstore.StreamID{Tenant: "main", Category: "stock", ID: "lamp"}
	end := eventstore.NoStream(lamp)
	var records []events.DynamoDBEventRecord
	for i, e := range []eventstore.Event{
		{Type: "stock.received.v1", Data: json.RawMessage(`{"quantity":3,"at":"2026-11-24T12:00:00Z"}`)},
		{Type: "stock.admired.v1", Data: json.RawMessage(`{}`)},
	} {
		c, _ := store.Append(ctx, lamp, end, eventstore.Commit{Events: []eventstore.Event{e}, Command: eventstore.CommandID{Key: fmt.Sprint(i)}})
		end, records = c.End(), append(records, streamtest.Record("events", i, c))
	}

	handle := stream.NewProjector("events", rows, store, slog.New(slog.DiscardHandler))
	response, err := handle(ctx, events.DynamoDBEvent{Records: records})
	level, _, _ := stocklevels.Find(ctx, rows, "main", "lamp")
	fmt.Println(level.OnHand, response.BatchItemFailures, err)
	// Output: 3 [{000000000100000000001}] <nil>
}
