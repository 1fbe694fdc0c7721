package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// tail is how many events stand after the newest snapshot: as many as can while
// a snapshot that costs extra is not due.
const tail = 49

// stretch fills a stream with so many events, one in a commit, and a snapshot
// with every 50th that stands tail before the end.
func stretch(ctx context.Context, store eventstore.Store, category string, events int) (eventstore.StreamID, error) {
	stream := newStream(category)
	at := eventstore.NoStream(stream)
	name := fmt.Sprintf("a stream of %d events", events)
	for n := 1; n <= events; n++ {
		c := sample()
		c.Command.Key = fmt.Sprintf("key-%d", n)
		if (events-n)%(tail+1) == tail {
			c.Snapshot = &eventstore.Snapshot{Schema: 1, Data: []byte(`{"state":{"status":"pending"}}`)}
		}
		stored, err := store.Append(ctx, stream, at, c)
		if err != nil {
			return stream, err
		}
		at = stored.End()
		if events > 1000 && (n%100 == 0 || n == events) {
			progress(name, n, events)
		}
	}
	return stream, nil
}

// fold reads and folds what a load returned, as the command loop does.
func fold(commits []eventstore.Commit) error {
	var s order.State
	for _, c := range commits {
		for r := range c.Recorded() {
			e, err := order.Events.Decode(r.Type, r.Data)
			if err != nil {
				return err
			}
			s = domain.Fold(s, e)
		}
	}
	return nil
}

func loads(ctx context.Context, client *dynamodb.Client) ([]figure, error) {
	const table = "loads"
	if err := dynamostore.Create(ctx, client, dynamostore.EventsTable, table); err != nil {
		return nil, err
	}
	store := dynamostore.New(client, table)
	load := func(stream eventstore.StreamID) func(context.Context) error {
		return func(ctx context.Context) error {
			commits, err := store.Load(ctx, stream, eventstore.Latest, 1)
			if err == nil {
				err = fold(commits)
			}
			if err == nil && len(commits) != tail+1 {
				err = fmt.Errorf("load of %s: %d commits", stream, len(commits))
			}
			return err
		}
	}
	streams := map[int]eventstore.StreamID{}
	for _, n := range []int{10, 100, 1000, 10000} {
		stream, err := stretch(ctx, store, "order", n+tail)
		if err != nil {
			return nil, err
		}
		streams[n] = stream
	}
	var figures []figure
	for _, n := range []int{100, 1000, 10000} {
		r, err := pairs(ctx, fmt.Sprintf("load at %d", n+tail), 31, times(20, load(streams[n])), times(20, load(streams[10])))
		if err != nil {
			return nil, err
		}
		figures = append(figures, r.atMost(fmt.Sprintf("load at %d events", n+tail), "load at 59 events", 1.25))
	}
	asOf, err := asOf(ctx, client, table, streams[10000])
	return append(figures, asOf...), err
}

// asOf compares the state as of a random version with a replay of everything.
func asOf(ctx context.Context, client *dynamodb.Client, table string, stream eventstore.StreamID) ([]figure, error) {
	counted := &counter{Client: client}
	store := dynamostore.New(counted, table)
	var most int64
	random := func(ctx context.Context) error {
		before := counted.requests.Load()
		commits, err := store.Load(ctx, stream, eventstore.Version(rand.N(10000)+1), 1)
		if err == nil {
			err = fold(commits)
		}
		most = max(most, counted.requests.Load()-before)
		return err
	}
	replay := func(ctx context.Context) error {
		var commits []eventstore.Commit
		for c, err := range store.Read(ctx, stream, eventstore.NoStream(stream)) {
			if err != nil {
				return err
			}
			commits = append(commits, c)
		}
		return fold(commits)
	}
	r, err := pairs(ctx, "as of a version vs replay", 7, times(10, random), times(1, replay))
	if err != nil {
		return nil, err
	}
	faster := ratio{median: 10 / r.median, low: 10 / r.high, high: 10 / r.low}
	return []figure{
		faster.atLeast("state as of a random version of 10,000: times faster", "full replay", 50),
		{what: "requests for it, at most", control: "–", value: fmt.Sprint(most), goal: "≤ 2", met: most <= 2},
	}, nil
}

// counter counts requests and the units that they consumed.
type counter struct {
	*dynamodb.Client
	requests atomic.Int64
	writes   atomic.Int64 // half units
}

// Query implements the store's client.
func (c *counter) Query(ctx context.Context, in *dynamodb.QueryInput, o ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	c.requests.Add(1)
	return c.Client.Query(ctx, in, o...)
}

// PutItem implements the store's client.
func (c *counter) PutItem(ctx context.Context, in *dynamodb.PutItemInput, o ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	c.requests.Add(1)
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := c.Client.PutItem(ctx, in, o...)
	if err == nil {
		c.writes.Add(int64(2 * *out.ConsumedCapacity.CapacityUnits))
	}
	return out, err
}
