package stream_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/daybook-es/daybook/internal/stream"
	"github.com/daybook-es/daybook/internal/stream/streamtest"
	"github.com/daybook-es/daybook/pkg/readmodel/orderdetails"
)

// both gives a test to each handler. done tells whether a placed order has come
// through.
func both(t *testing.T, test func(w *world, h stream.Handler, done func(id string) bool)) {
	t.Helper()
	t.Run("projector", func(t *testing.T) {
		w := newWorld(t)
		test(w, w.projector(), func(id string) bool {
			_, found, err := orderdetails.Find(t.Context(), w.rows.Store, "shop", id)
			return found && err == nil
		})
	})
	t.Run("publisher", func(t *testing.T) {
		w := newWorld(t)
		test(w, w.publisher(), func(id string) bool { return slices.Contains(w.bus.kept, "OrderPlaced order/"+id+"@1") })
	})
}

// outcome checks which of the orders 1, 2 and 3 have come through.
func (w *world) outcome(done func(id string) bool, want ...string) {
	w.Helper()
	var got []string
	for _, id := range []string{"1", "2", "3"} {
		if done(id) {
			got = append(got, id)
		}
	}
	if !slices.Equal(got, want) {
		w.Errorf("done is %v, want %v\n%s", got, want, w.log)
	}
}

func TestAnEmptyBatchIsDone(t *testing.T) {
	both(t, func(w *world, h stream.Handler, _ func(string) bool) {
		for _, payload := range []string{`{}`, `{"Records":null}`, `{"Records":[]}`} {
			answer, err := lambda.NewHandler(h).Invoke(w.Context(), []byte(payload))
			if err != nil || string(answer) != `{"batchItemFailures":[]}` {
				w.Errorf("%s: got %s, %v", payload, answer, err)
			}
		}
		w.says()
	})
}

func TestARecordOfAnotherTableStopsTheBatch(t *testing.T) {
	for _, arn := range []string{
		streamtest.ARN("other"), streamtest.ARN(table + "-2"), streamtest.ARN("x" + table), "", "arn:aws:dynamodb:us-east-1:123456789012:table/" + table,
		"arn:aws:kinesis:us-east-1:123456789012:stream/" + table,
	} {
		both(t, func(w *world, h stream.Handler, done func(string) bool) {
			w.append("1", placed)
			foreign := w.append("2", placed)
			foreign.EventSourceArn = arn
			next := w.append("3", placed)
			w.reports(h, foreign.Change.SequenceNumber, w.records[0], foreign, next)
			w.outcome(done, "1")
			w.says(`level=ERROR msg="record of another table" sequence=` + foreign.Change.SequenceNumber +
				` err="it is of \"` + arn + `\", and the table of events is shop-events"`)
		})
	}
}

func TestTamperingIsSaidAndNeverAppliedAndHoldsNobodyUp(t *testing.T) {
	for _, name := range []string{"MODIFY", "REMOVE"} {
		both(t, func(w *world, h stream.Handler, done func(string) bool) {
			w.append("1", placed)
			tampered := w.append("2", placed)
			tampered.EventName = name
			next := w.append("3", placed)
			w.reports(h, "", w.records[0], tampered, next)
			w.outcome(done, "1", "3")
			w.says(`level=ERROR msg="events table was changed" stream=shop/order/2 version=1 sequence=` + tampered.Change.SequenceNumber +
				` err="a ` + name + `, and commits are only ever added"`)
		})
	}
}

func TestTamperingWithoutKeysIsSaidToo(t *testing.T) {
	both(t, func(w *world, h stream.Handler, _ func(string) bool) {
		tampered := w.append("1", placed)
		tampered.EventName, tampered.Change.Keys = "REMOVE", nil
		w.reports(h, "", tampered)
		w.says(`level=ERROR msg="events table was changed" sequence=` + tampered.Change.SequenceNumber + ` err="a REMOVE, and commits are only ever added"`)
	})
}

func TestARecordThatCannotBeReadStopsTheBatch(t *testing.T) {
	without := func(name string) func(*events.DynamoDBEventRecord) {
		return func(r *events.DynamoDBEventRecord) { delete(r.Change.NewImage, name) }
	}
	for name, c := range map[string]struct {
		spoil func(*events.DynamoDBEventRecord)
		says  string
	}{
		"no image":          {func(r *events.DynamoDBEventRecord) { r.Change.NewImage = nil }, `"item  at 0: attribute \"p\" is missing or makes no sense"`},
		"an image cut off":  {without("e"), `"item shop/order/2 at 1: attribute \"e\" is missing or makes no sense"`},
		"events cut off":    {func(r *events.DynamoDBEventRecord) { r.Change.NewImage["e"] = events.NewStringAttribute(`[{"type":`) }, `"item shop/order/2 at 1: events: unexpected end of JSON input"`},
		"a number as text":  {func(r *events.DynamoDBEventRecord) { r.Change.NewImage["n"] = events.NewStringAttribute("1") }, `"item shop/order/2 at 1: attribute \"n\" is missing or makes no sense"`},
		"more than it says": {func(r *events.DynamoDBEventRecord) { r.Change.NewImage["n"] = events.NewNumberAttribute("2") }, `"item shop/order/2 at 1: has 1 events and says 2"`},
		"no event name":     {func(r *events.DynamoDBEventRecord) { r.EventName = "" }, `"event name \"\""`},
		"an unknown name":   {func(r *events.DynamoDBEventRecord) { r.EventName = "UPSERT" }, `"event name \"UPSERT\""`},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(w *world, h stream.Handler, done func(string) bool) {
				w.append("1", placed)
				bad := w.append("2", placed)
				c.spoil(&bad)
				next := w.append("3", placed)
				w.reports(h, bad.Change.SequenceNumber, w.records[0], bad, next)
				w.outcome(done, "1")
				w.says(`level=ERROR msg="record cannot be read" stream=shop/order/2 version=1 sequence=` + bad.Change.SequenceNumber + ` err=` + c.says)
			})
		})
	}
}

func TestARecordWithoutANumberFailsAllOfItsBatch(t *testing.T) {
	both(t, func(w *world, h stream.Handler, _ func(string) bool) {
		bad := w.append("1", placed)
		bad.Change.NewImage, bad.Change.SequenceNumber = nil, ""
		answer, err := lambda.NewHandler(h).Invoke(w.Context(), must(events.DynamoDBEvent{Records: []events.DynamoDBEventRecord{bad}}))
		if err == nil {
			w.Errorf("got %s: Lambda would take it for done", answer)
		}
	})
}

func TestWrongNumbersLoseNothing(t *testing.T) {
	both(t, func(w *world, h stream.Handler, done func(string) bool) {
		w.append("1", placed)
		bad := w.append("2", placed)
		bad.Change.NewImage = nil
		w.records[0].Change.SequenceNumber, bad.Change.SequenceNumber = "2", "2" // Lambda goes back to the lower of the two
		w.reports(h, "2", w.records[0], bad)
		w.outcome(done, "1")
		bad.Change.SequenceNumber = "not a number"
		w.reports(h, "not a number", w.records[0], bad) // and retries all of the batch for what it does not know
	})
}
