package park_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/daybook-es/daybook/internal/park"
	"github.com/daybook-es/daybook/internal/stream"
	"github.com/daybook-es/daybook/internal/stream/streamtest"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// given returns a deployment over the whole history.
func given(t *testing.T) (*deployment, *book, readmodel.Store) {
	t.Helper()
	b, err := bookOf(t.Context(), new(memstore.Store), history(), nil)
	if err != nil {
		t.Fatal(err)
	}
	rows := boltstore.NewViews()
	return deploy(table, b, rows), b, rows
}

func TestAnObjectMayBeTakenAnyNumberOfTimes(t *testing.T) {
	d, b, rows := given(t)
	var first []eventstore.Commit // of each stream, which is read to its head
	for _, c := range b.commits {
		if c.First == 1 {
			first = append(first, c)
		}
	}
	d.bucket.put(streamtest.Object(projectorName, streamtest.Records(table, first...), 3))
	for range 3 {
		d.taken = 0
		if err := d.drain(t.Context()); err != nil || len(d.dead) > 0 {
			t.Fatal(err, d.dead)
		}
	}
	straight, _ := b.straight(t)
	compare(t, b.commits, rows, straight)
	if n := len(d.log.said("failed batch made good")); n != 3 {
		t.Errorf("said %d times that the batch is made good", n)
	}
	if len(d.bus.taken) > 0 {
		t.Errorf("%d events of a projector's batch are published", len(d.bus.taken))
	}
}

func TestABatchOfThePublisherLeavesTheViewsAlone(t *testing.T) {
	d, b, rows := given(t)
	d.bucket.put(streamtest.Object(publisherName+":7", streamtest.Records(table, b.commits...), 3)) // of a version
	if err := d.drain(t.Context()); err != nil || len(d.dead) > 0 {
		t.Fatal(err, d.dead)
	}
	if want := b.published(t); len(d.bus.taken) != len(want) {
		t.Errorf("%d events are published, want %d", len(d.bus.taken), len(want))
	}
	compare(t, b.commits, rows, boltstore.NewViews())
}

func TestWhatMakesNoSenseIsSaidAndEndsInTheDeadLetterQueue(t *testing.T) {
	record := func(change func(*events.DynamoDBEventRecord)) []byte {
		r := streamtest.Record(table, 1, history()[0])
		change(&r)
		return streamtest.Object(projectorName, []events.DynamoDBEventRecord{r}, 1)
	}
	without := func(object []byte, field string) []byte {
		var all map[string]any
		if err := json.Unmarshal(object, &all); err != nil {
			t.Fatal(err)
		}
		delete(all, field)
		text, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	whole := record(func(*events.DynamoDBEventRecord) {})
	for name, c := range map[string]struct {
		object []byte
		says   string
	}{
		"no JSON":           {[]byte("PK"), "it is no record of a failed invocation"},
		"of a queue":        {without(whole, "payload"), "it has no payload"},
		"a payload cut off": {[]byte(`{"payload":"{\"Records\":["}`), "its payload is no batch of a stream"},
		"no function":       {without(whole, "requestContext"), `it is of function "", and neither of ` + projectorName + " nor of " + publisherName},
		"another function": {
			streamtest.Object("shop-CommandsFunction", streamtest.Records(table, history()[0]), 1), `it is of function "shop-CommandsFunction"`,
		},
		"another table": {record(func(r *events.DynamoDBEventRecord) { r.EventSourceArn = streamtest.ARN("other") }), "and the table of events is shop-events"},
		"no keys":       {record(func(r *events.DynamoDBEventRecord) { r.Change.Keys = nil }), "it lacks the keys of the table of events"},
		"keys of no stream": {
			record(func(r *events.DynamoDBEventRecord) { r.Change.Keys["p"] = events.NewStringAttribute("shop") }), `stream "shop" is not tenant/category/id`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, _, _ := given(t)
			d.bucket.put(c.object)
			if err := d.drain(t.Context()); err != nil || len(d.dead) != 1 {
				t.Fatal(err, d.dead)
			}
			lines := d.log.said(park.Senseless)
			if len(lines) != maxReceives || len(d.log.lines) != maxReceives { // once for each time that it came
				t.Fatalf("said %d of %d lines", len(lines), len(d.log.lines))
			}
			if err := lines[0]["err"].(string); !strings.HasPrefix(err, d.bucket.keys[0]+" of "+bucketName+": ") || !strings.Contains(err, c.says) || lines[0]["messageId"] != "m-1" {
				t.Errorf("it says %v", lines[0])
			}
		})
	}
}

func TestWhatIsLeftOfABatchIsMadeGoodAllTheSame(t *testing.T) {
	d, b, rows := given(t)
	records := streamtest.Records(table, b.commits...)
	foreign, tampered := records[0], records[0]
	foreign.EventSourceArn = streamtest.ARN("other")
	tampered.EventName = "REMOVE"
	d.bucket.put(streamtest.Object(projectorName, append([]events.DynamoDBEventRecord{foreign, tampered}, records...), 3))
	if err := d.drain(t.Context()); err != nil || len(d.dead) != 1 {
		t.Fatal(err, d.dead)
	}
	straight, _ := b.straight(t)
	compare(t, b.commits, rows, straight)
	if n := len(d.log.said(stream.Changed)); n != maxReceives {
		t.Errorf("tampering is said %d times", n)
	}
}

func TestAMessageThatTellsOfNoObjectMakesNoSense(t *testing.T) {
	for _, body := range []string{"", "{}", "[]", strings.Replace(created("k"), "Object Created", "Object Deleted", 1), created("")} {
		d, _, _ := given(t)
		if err := d.receive(t.Context(), body); err != nil || len(d.dead) != 1 || len(d.log.said(park.Senseless)) != maxReceives {
			t.Errorf("%s: %v, %v", body, err, d.dead)
		}
	}
}

func TestAnObjectThatCannotBeHadComesAgain(t *testing.T) {
	d, b, _ := given(t)
	d.bucket.put(streamtest.Object(projectorName, streamtest.Records(table, b.commits[0]), 1))
	hidden := d.bucket.objects
	d.bucket.objects = nil
	if err := d.drain(t.Context()); err != nil || len(d.dead) != 1 || len(d.log.said(stream.Waiting)) != maxReceives {
		t.Fatal(err, d.dead)
	}
	d.bucket.objects = hidden
	if err := d.redrive(t.Context()); err != nil || len(d.dead) > 0 {
		t.Fatal(err, d.dead)
	}
}

func TestAMessageHoldsUpNoOther(t *testing.T) {
	d, b, rows := given(t)
	d.bucket.put([]byte("PK"))
	d.bucket.put(streamtest.Object(projectorName, streamtest.Records(table, b.commits...), 1))
	payload, err := json.Marshal(events.SQSEvent{Records: []events.SQSMessage{
		{MessageId: "bad", Body: created(d.bucket.keys[0])}, {MessageId: "good", Body: created(d.bucket.keys[1])},
	}})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := d.park.Invoke(t.Context(), payload)
	if want := `{"batchItemFailures":[{"itemIdentifier":"bad"}]}`; err != nil || string(answer) != want {
		t.Errorf("got %s, %v, want %s", answer, err, want)
	}
	straight, _ := b.straight(t)
	compare(t, b.commits, rows, straight)
}
