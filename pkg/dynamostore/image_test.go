package dynamostore_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// image returns what a stream record has of a commit, as Lambda hands it over.
func image(tb testing.TB, c eventstore.Commit) map[string]events.DynamoDBAttributeValue {
	tb.Helper()
	type attribute map[string]any
	i := c.Item()
	attributes := map[string]attribute{
		"p": {"S": i.P}, "v": {"N": fmt.Sprint(i.V)}, "n": {"N": fmt.Sprint(i.N)},
		"e": {"S": i.E}, "c": {"S": i.C}, "at": {"S": i.At}, "h": {"B": "AQ=="},
	}
	if i.SV > 0 {
		attributes["s"], attributes["sv"] = attribute{"S": i.S}, attribute{"N": fmt.Sprint(i.SV)}
	}
	record, err := json.Marshal(map[string]any{"Records": []any{map[string]any{
		"eventID": "1", "eventName": "INSERT", "eventVersion": "1.1", "eventSource": "aws:dynamodb", "awsRegion": "eu-central-1",
		"eventSourceARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/events/stream/2026-03-01T12:00:00.000",
		"dynamodb": map[string]any{
			"ApproximateCreationDateTime": 1772366400, "SequenceNumber": "111", "SizeBytes": i.Size(), "StreamViewType": "NEW_IMAGE",
			"Keys": map[string]attribute{"p": attributes["p"], "v": attributes["v"]}, "NewImage": attributes,
		},
	}}})
	if err != nil {
		tb.Fatal(err)
	}
	var event events.DynamoDBEvent
	if err := json.Unmarshal(record, &event); err != nil {
		tb.Fatal(err)
	}
	return event.Records[0].Change.NewImage
}

func TestAnImageIsTheCommitThatWasStored(t *testing.T) {
	end := eventstore.NoStream(stream)
	odd := withSnapshot(wide("k\u00e9y \u2028 \"quoted\" \\ \U0001F4D2", 3, 100))
	odd.Events[1].Correlation, odd.Events[1].Causation, odd.Events[1].Actor = "correlation", "\u0001 <&>", "client"
	odd.Command.Fingerprint = "fingerprint"
	for _, c := range []eventstore.Commit{commit("first"), odd, withSnapshot(commit("last"))} {
		c, err := end.Extend(stream, c)
		if err != nil {
			t.Fatal(err)
		}
		got, err := dynamostore.FromImage(image(t, c))
		if err != nil {
			t.Fatal(err)
		}
		same(t, "commit", got, c)
		end = c.End()
	}
}

func TestAnImageThatMakesNoSenseIsRefusedWithItsStream(t *testing.T) {
	c, err := eventstore.NoStream(stream).Extend(stream, withSnapshot(commit("key")))
	if err != nil {
		t.Fatal(err)
	}
	whole := image(t, c)
	text, n := events.NewStringAttribute, events.NewNumberAttribute
	for _, damage := range []struct {
		attribute string
		value     events.DynamoDBAttributeValue
	}{
		{"p", text("no stream")},
		{"p", n("1")},
		{"p", events.DynamoDBAttributeValue{}},
		{"v", n("0")},
		{"v", text("1")},
		{"n", n("2")},
		{"n", n("1.5")},
		{"n", events.NewNullAttribute()},
		{"e", text("[{")},
		{"e", events.NewBinaryAttribute([]byte("[]"))},
		{"e", events.NewListAttribute(nil)},
		{"c", text("without-a-space")},
		{"c", events.NewMapAttribute(nil)},
		{"at", text("noon")},
		{"at", events.NewBooleanAttribute(true)},
		{"s", events.NewBinaryAttribute([]byte("{}"))},
		{"sv", n("-1")},
		{"sv", events.NewNumberSetAttribute([]string{"1"})},
	} {
		spoilt := maps.Clone(whole)
		spoilt[damage.attribute] = damage.value
		refused(t, damage.attribute, spoilt, stream)
		delete(spoilt, damage.attribute)
		refused(t, "no "+damage.attribute, spoilt, stream)
	}
	refused(t, "an empty image", nil, eventstore.StreamID{})
	refused(t, "another table's", map[string]events.DynamoDBAttributeValue{"id": text("1")}, eventstore.StreamID{})
}

func refused(t *testing.T, what string, image map[string]events.DynamoDBAttributeValue, of eventstore.StreamID) {
	t.Helper()
	got, err := dynamostore.FromImage(image)
	if _, ok := errors.AsType[*eventstore.InvalidError](err); !ok || !strings.HasPrefix(err.Error(), "item ") {
		t.Errorf("%s: got %v", what, err)
	}
	if p, ok := image["p"]; !ok || p.DataType() != events.DataTypeString || p.String() != of.String() {
		of = eventstore.StreamID{}
	}
	if want := (eventstore.Commit{Stream: of}); !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %+v, want %+v", what, got, want)
	}
}
