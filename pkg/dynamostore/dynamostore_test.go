package dynamostore_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"iter"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/internal/dynamolocal"
	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

var (
	stream = eventstore.StreamID{Tenant: "t", Category: "order", ID: "1"}
	noon   = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
)

// table makes a table of the test's own.
func table(tb testing.TB) (client *dynamodb.Client, name string) {
	tb.Helper()
	client, name = dynamolocal.Client(dynamolocal.Endpoint(tb)), "events-"+rand.Text()
	if err := dynamostore.Create(tb.Context(), client, dynamostore.EventsTable, name); err != nil {
		tb.Fatal(err)
	}
	return client, name
}

// commit returns the commit of one small event under a key.
func commit(key string) eventstore.Commit {
	return eventstore.Commit{
		Events:  []eventstore.Event{{Type: "order.placed.v1", Data: json.RawMessage(`{"customerId":"cust-1"}`)}},
		Command: eventstore.CommandID{Key: key}, At: noon,
	}
}

// wide returns a commit of n events with bytes of data each.
func wide(key string, n, bytes int) eventstore.Commit {
	c := commit(key)
	c.Events = nil
	for range n {
		c.Events = append(c.Events, eventstore.Event{
			Type: "order.noted.v1", Data: json.RawMessage(`"` + strings.Repeat("x", bytes) + `"`),
		})
	}
	return c
}

func withSnapshot(c eventstore.Commit) eventstore.Commit {
	c.Snapshot = &eventstore.Snapshot{Schema: 1, Data: json.RawMessage(`{"state":{"status":"pending"}}`)}
	return c
}

// write appends the commits to the stream from its beginning and returns them
// as they are stored.
func write(tb testing.TB, store eventstore.Store, commits ...eventstore.Commit) []eventstore.Commit {
	tb.Helper()
	end := eventstore.NoStream(stream)
	stored := make([]eventstore.Commit, 0, len(commits))
	for _, c := range commits {
		c, err := store.Append(tb.Context(), stream, end, c)
		if err != nil {
			tb.Fatal(err)
		}
		stored, end = append(stored, c), c.End()
	}
	return stored
}

func many(n int, snapshots func(i int) bool) []eventstore.Commit {
	commits := make([]eventstore.Commit, n)
	for i := range commits {
		commits[i] = commit(fmt.Sprint("key-", i))
		if snapshots(i) {
			commits[i] = withSnapshot(commits[i])
		}
	}
	return commits
}

func never(int) bool { return false }

func collect(seq iter.Seq2[eventstore.Commit, error]) ([]eventstore.Commit, error) {
	var all []eventstore.Commit
	for c, err := range seq {
		if err != nil {
			return all, err
		}
		all = append(all, c)
	}
	return all, nil
}

func same(tb testing.TB, what string, got, want any) {
	tb.Helper()
	if !reflect.DeepEqual(got, want) {
		tb.Errorf("%s: got %.2000s, want %.2000s", what, fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want))
	}
}

// metered counts the requests of a client and what they consume.
type metered struct {
	dynamostore.Client
	bill
}

type bill struct {
	Requests int
	Units    float64
}

// billing lets several requests at once be added up.
var billing sync.Mutex

func (b *bill) add(used *types.ConsumedCapacity) {
	billing.Lock()
	defer billing.Unlock()
	b.Requests++
	if used != nil {
		b.Units += *used.CapacityUnits
	}
}

// take returns the bill since it was last taken.
func (b *bill) take() bill {
	since := *b
	*b = bill{}
	return since
}

func (m *metered) PutItem(ctx context.Context, in *dynamodb.PutItemInput, o ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.Client.PutItem(ctx, in, o...)
	if err != nil {
		m.Requests++
		return nil, err
	}
	m.add(out.ConsumedCapacity)
	return out, nil
}

func (m *metered) Query(ctx context.Context, in *dynamodb.QueryInput, o ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.Client.Query(ctx, in, o...)
	if err != nil {
		m.Requests++
		return nil, err
	}
	m.add(out.ConsumedCapacity)
	return out, nil
}
