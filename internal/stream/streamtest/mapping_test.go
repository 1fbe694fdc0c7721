package streamtest_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/daybook-es/daybook/internal/stream/streamtest"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// shard returns a shard whose records have the ids a, b, c and so on.
func shard(ids string) *streamtest.Shard {
	s := new(streamtest.Shard)
	for i, id := range ids {
		c := eventstore.Commit{Stream: eventstore.StreamID{Tenant: "t", Category: "c", ID: string(id)}, First: 1}
		s.Records = append(s.Records, streamtest.Record("events", i, c))
	}
	return s
}

func idsOf(records []events.DynamoDBEventRecord) string {
	var b strings.Builder
	for _, r := range records {
		b.WriteString(strings.TrimPrefix(r.Change.Keys["p"].String(), "t/c/"))
	}
	return b.String()
}

func TestAMappingKeepsToWhatIsDocumented(t *testing.T) {
	stops := func(at string) func(string) (string, error) { // reports this record whenever it is in the batch
		return func(batch string) (string, error) {
			if strings.Contains(batch, at) {
				return at, nil
			}
			return "", nil
		}
	}
	fails := func(at string) func(string) (string, error) {
		return func(batch string) (string, error) {
			if strings.Contains(batch, at) {
				return "", errors.New("crashed")
			}
			return "", nil
		}
	}
	for name, c := range map[string]struct {
		mapping  streamtest.Mapping
		function func(batch string) (report string, err error)
		invoked  string
		given    string
	}{
		"all is well":                               {streamtest.Mapping{BatchSize: 2}, stops("x"), "ab cd e", ""},
		"it goes on from what is reported":          {streamtest.Mapping{BatchSize: 4, MaxRetries: 2}, stops("c"), "abcd cd cd e", "cd"},
		"a batch that shrank may have all retries":  {streamtest.Mapping{BatchSize: 4, MaxRetries: 2, CountsAnew: true}, stops("c"), "abcd cd cd e", "cd"},
		"an error is about all of the batch":        {streamtest.Mapping{BatchSize: 4, MaxRetries: 1}, fails("c"), "abcd abcd e", "abcd"},
		"what is split is retried alone":            {streamtest.Mapping{BatchSize: 4, MaxRetries: 2, Bisect: true}, fails("c"), "abcd ab cd c c c d e", "c"},
		"what is reported is split off":             {streamtest.Mapping{BatchSize: 4, MaxRetries: 1, Bisect: true}, stops("c"), "abcd cd c d e", "c"},
		"a report that makes no sense is about all": {streamtest.Mapping{BatchSize: 3, MaxRetries: 1}, func(string) (string, error) { return "?", nil }, "abc abc de de", "abc de"},
	} {
		t.Run(name, func(t *testing.T) {
			s := shard("abcde")
			var invoked, given []string
			m := c.mapping
			m.Function = "f"
			m.Destination = func(object []byte) { given = append(given, idsOf(payloadOf(t, object))) }
			m.Handler = lambda.NewHandler(func(_ context.Context, e events.DynamoDBEvent) (r events.DynamoDBEventResponse, err error) {
				batch := idsOf(e.Records)
				invoked = append(invoked, batch)
				report, err := c.function(batch)
				if i := strings.Index(batch, report); report != "" && i >= 0 {
					report = e.Records[i].Change.SequenceNumber
				}
				if report != "" {
					r.BatchItemFailures = []events.DynamoDBBatchItemFailure{{ItemIdentifier: report}}
				}
				return r, err
			})
			for m.Poll(t.Context(), s) {
			}
			if got := strings.Join(invoked, " "); got != c.invoked {
				t.Errorf("invoked with %s, want %s", got, c.invoked)
			}
			if got := strings.Join(given, " "); got != c.given {
				t.Errorf("gave up %q, want %q", got, c.given)
			}
		})
	}
}

func payloadOf(t *testing.T, object []byte) []events.DynamoDBEventRecord {
	t.Helper()
	var o struct{ Payload string }
	var e events.DynamoDBEvent
	if err := errors.Join(json.Unmarshal(object, &o), json.Unmarshal([]byte(o.Payload), &e)); err != nil {
		t.Fatal(err)
	}
	return e.Records
}

func TestRecordsAscend(t *testing.T) {
	s := shard("abcdefghijklmnop")
	var numbers []string
	for _, r := range s.Records {
		numbers = append(numbers, r.Change.SequenceNumber)
	}
	if !slices.IsSorted(numbers) || len(slices.Compact(numbers)) != 16 {
		t.Errorf("got %v", numbers)
	}
}
