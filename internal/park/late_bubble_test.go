package park_test

import (
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/daybook-es/daybook/internal/stream"
	"github.com/daybook-es/daybook/internal/stream/streamtest"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

func TestAParkThatRunsOutOfTimeAnswersAndGoesOnWhenTheMessageComesAgain(t *testing.T) {
	commits := history()
	synctest.Test(t, func(t *testing.T) {
		b, err := bookOf(t.Context(), new(memstore.Store), commits, nil)
		if err != nil {
			t.Fatal(err)
		}
		rows := &slow{Store: boltstore.NewViews()}
		d := deploy(table, b, rows)
		d.bucket.put(streamtest.Object(projectorName, streamtest.Records(table, b.commits...), 1))
		payload, err := json.Marshal(events.SQSEvent{Records: []events.SQSMessage{{MessageId: "m-1", Body: created(d.bucket.keys[0])}}})
		if err != nil {
			t.Fatal(err)
		}
		receives := 0
		for done := false; !done; receives++ {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			answer, err := d.park.Invoke(ctx, payload)
			if err != nil || ctx.Err() != nil {
				t.Fatal(err, ctx.Err())
			}
			cancel()
			done = string(answer) == `{"batchItemFailures":[]}`
		}
		straight, _ := b.straight(t)
		compare(t, b.commits, rows.Store, straight)
		if n := len(d.log.said(stream.Late)); receives < 2 || n != receives-1 || len(d.log.lines) != receives {
			t.Errorf("received %d times, said %d times that it ran out of time", receives, n)
		}
	})
}

// slow rows take a second for what is written.
type slow struct{ readmodel.Store }

func (s *slow) Put(ctx context.Context, row readmodel.Row) error {
	time.Sleep(time.Second)
	return s.Store.Put(ctx, row)
}
