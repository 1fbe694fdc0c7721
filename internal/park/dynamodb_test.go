package park_test

import (
	"bytes"
	crand "crypto/rand"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/daybook-es/daybook/internal/dynamolocal"
	"github.com/daybook-es/daybook/internal/stream"
	"github.com/daybook-es/daybook/internal/stream/streamtest"
	"github.com/daybook-es/daybook/internal/testsize"
	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// On DynamoDB, with the records of its own stream, from shards that race for the
// same rows, over a network that throttles and loses replies, views come out as
// they do when everything is folded in order in memory.
func TestViewsOnDynamoDBComeOutOfItsOwnStream(t *testing.T) {
	endpoint, ctx := dynamolocal.Endpoint(t), t.Context()
	client, suffix := dynamolocal.Client(endpoint), crand.Text()
	table, views := "events-"+suffix, "views-"+suffix
	for plain, name := range map[string]string{dynamostore.EventsTable: table, dynamostore.ViewsTable: views} {
		if err := dynamostore.Create(ctx, client, plain, name); err != nil {
			t.Fatal(err)
		}
	}
	streams := streamsOf(history())
	poisoned := streams[slices.IndexFunc(streams, func(s eventstore.StreamID) bool { return s.Category == "order" })]
	b, err := bookOf(ctx, dynamostore.New(client, table), history(), map[eventstore.StreamID]int{poisoned: 2})
	if err != nil {
		t.Fatal(err)
	}
	records := streamOf(t, endpoint, client, table)
	if len(records) != len(b.commits) {
		t.Fatalf("the stream has %d records of %d commits", len(records), len(b.commits))
	}

	random := testsize.Rand(t)
	faulty := &faults{random: rand.New(rand.NewPCG(random.Uint64(), 0)), left: 60}
	deployed := deploy(table, b, dynamostore.NewViews(dynamolocal.Client(endpoint, func(o *dynamodb.Options) {
		o.HTTPClient = &http.Client{Transport: faulty}
		o.Retryer = retry.AddWithMaxAttempts(retry.NewStandard(), 1)
		o.DisableValidateResponseChecksum = true
	}), views))
	shards := make([]*streamtest.Shard, 3)
	for i := range shards {
		shards[i] = new(streamtest.Shard)
	}
	for _, r := range records {
		for range 1 + random.IntN(2) { // some come twice
			s := shards[random.IntN(len(shards))]
			s.Records = append(s.Records, r)
		}
	}
	var wg sync.WaitGroup
	for _, s := range shards {
		wg.Go(func() {
			m := streamtest.Mapping{
				Function: projectorName, BatchSize: 8, MaxRetries: 4, Bisect: true, Destination: deployed.bucket.put,
				Handler: lambda.NewHandler(deployed.projector), // each shard has an environment of its own
			}
			for m.Poll(ctx, s) {
			}
		})
	}
	wg.Wait()
	if err := deployed.drain(ctx); err != nil {
		t.Fatal(err)
	}
	met := 60 - faulty.left
	faulty.left = 0
	if err := deployed.redrive(ctx); err != nil || len(deployed.dead) > 0 {
		t.Fatalf("%d messages are dead: %v", len(deployed.dead), err)
	}
	rows := dynamostore.NewViews(client, views)
	straight, want := b.straight(t)
	compare(t, b.commits, rows, straight)
	if got := marksIn(t, rows); !slices.Equal(got, want) {
		t.Errorf("parked is\n%q, want\n%q", got, want)
	}
	if met < 10 || len(deployed.bucket.keys) == 0 || len(deployed.log.said(stream.Poison)) == 0 {
		t.Errorf("%d faults, %d objects, and %d times poison: there should be more to survive", met, len(deployed.bucket.keys), len(deployed.log.said(stream.Poison)))
	}
}

// faults is a network on which some requests are throttled, some fail, and of
// some the reply is lost: one of each twenty, as long as faults are left.
type faults struct {
	mu     sync.Mutex
	random *rand.Rand
	left   int
	n      int // requests so far
	next   int // the request that meets a fault
}

// draw returns what becomes of the next request.
func (f *faults) draw() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	kind := ""
	if f.n == f.next && f.left > 0 {
		f.left--
		kind = []string{"throttled", "failed", "lost"}[f.random.IntN(3)]
	}
	if f.n++; f.n%20 == 0 {
		f.next = f.n + f.random.IntN(20)
	}
	return kind
}

// RoundTrip implements [http.RoundTripper].
func (f *faults) RoundTrip(r *http.Request) (*http.Response, error) {
	switch f.draw() {
	case "throttled":
		return answer(r, http.StatusBadRequest, []byte(`{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"slow down"}`)), nil
	case "failed":
		return answer(r, http.StatusInternalServerError, []byte(`{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"}`)), nil
	case "lost":
		response, err := http.DefaultTransport.RoundTrip(r)
		if err == nil {
			_ = response.Body.Close()
			err = errReset
		}
		return nil, err
	}
	return http.DefaultTransport.RoundTrip(r)
}

// streamOf returns all records of a table's stream. There is no client for
// streams among the modules, and DynamoDB Local asks nobody who he is.
func streamOf(t *testing.T, endpoint string, client *dynamodb.Client, table string) (records []events.DynamoDBEventRecord) {
	t.Helper()
	described, err := client.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &table})
	if err != nil {
		t.Fatal(err)
	}
	arn := *described.Table.LatestStreamArn
	ask := func(action, body string, answer any) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, endpoint, bytes.NewBufferString(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-amz-json-1.0")
		r.Header.Set("X-Amz-Target", "DynamoDBStreams_20120810."+action)
		r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=daybook/20261124/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0")
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if err := json.NewDecoder(response.Body).Decode(answer); err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s, %v", action, response.Status, err)
		}
	}
	var stream struct {
		StreamDescription struct {
			Shards []struct {
				ShardID string `json:"ShardId"`
			}
		}
	}
	ask("DescribeStream", fmt.Sprintf(`{"StreamArn":%q}`, arn), &stream)
	for _, shard := range stream.StreamDescription.Shards {
		var at struct{ ShardIterator string }
		ask("GetShardIterator", fmt.Sprintf(`{"StreamArn":%q,"ShardId":%q,"ShardIteratorType":"TRIM_HORIZON"}`, arn, shard.ShardID), &at)
		for at.ShardIterator != "" {
			var page struct {
				Records           []events.DynamoDBEventRecord
				NextShardIterator string
			}
			ask("GetRecords", fmt.Sprintf(`{"ShardIterator":%q}`, at.ShardIterator), &page)
			if at.ShardIterator = page.NextShardIterator; len(page.Records) == 0 {
				break
			}
			records = append(records, page.Records...)
		}
	}
	for i := range records {
		records[i].EventSourceArn = arn // Lambda adds it
	}
	return records
}
