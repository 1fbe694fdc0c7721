package stream_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/daybook-es/daybook/pkg/readmodel"
)

func TestABatchThatNearsItsDeadlineReturnsWhatItFinished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		for i := range 250 {
			w.append(fmt.Sprint(i), placed)
		}
		w.rows.fail = func(op string, _ readmodel.Key) error {
			if op == "get" { // each view reads a row in 40 ms: 100 of them take four seconds
				time.Sleep(40 * time.Millisecond)
			}
			return nil
		}
		ctx, cancel := context.WithTimeout(t.Context(), 11*time.Second)
		defer cancel()
		h, rest := w.projector(), w.records
		got, err := h(ctx, events.DynamoDBEvent{Records: rest})
		if want := w.records[200].Change.SequenceNumber; err != nil || ctx.Err() != nil || len(got.BatchItemFailures) != 1 || got.BatchItemFailures[0].ItemIdentifier != want {
			t.Fatalf("got %v, %v, want %s", got.BatchItemFailures, err, want)
		}
		w.says(`level=WARN msg="batch ran out of time" sequence=` + w.records[200].Change.SequenceNumber + ` err="context deadline exceeded"`)
		w.holdAll("199", 1)
		w.holdAll("200", 0)
		w.reports(h, "", rest[200:]...)
		w.holdAll("249", 1)
	})
}
