package dynamostore_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/daybook-es/daybook/internal/dynamolocal"
	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/readmodel/journal"
	"github.com/daybook-es/daybook/pkg/readmodel/journal/journaltest"
)

func TestTheJournal(t *testing.T) {
	t.Parallel()
	dynamolocal.Endpoint(t) // skips where none can run
	journaltest.Run(t, func(t testing.TB) journaltest.Harness {
		t.Helper()
		client, name := tableOf(t, dynamostore.ViewsTable)
		store := new(memstore.Store)
		j := dynamostore.NewJournal(client, name, store)
		return journaltest.Harness{Events: store, Journal: j, Arrive: j.Apply}
	})
}

// requests counts those of a client.
type requests struct {
	dynamostore.ViewsClient
	n       atomic.Int64
	written atomic.Int64 // of them transactions
}

func (r *requests) GetItem(ctx context.Context, in *dynamodb.GetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	r.n.Add(1)
	return r.ViewsClient.GetItem(ctx, in, o...)
}

func (r *requests) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	r.n.Add(1)
	r.written.Add(1)
	return r.ViewsClient.TransactWriteItems(ctx, in, o...)
}

func TestWhoeverWroteASegmentLastWritesInOneRequest(t *testing.T) {
	dynamolocal.Endpoint(t) // skips where none can run
	client, name := tableOf(t, dynamostore.ViewsTable)
	store, counted := new(memstore.Store), &requests{ViewsClient: client}
	mine, other := dynamostore.NewJournal(counted, name, store), dynamostore.NewJournal(client, name, store)
	for i, c := range told(t, store, 1, 7, "{}") {
		writes, want := mine, map[int]int64{0: 3, 1: 1, 2: 1, 4: 4, 5: 1, 6: 1}[i]
		if i == 3 {
			writes = other // which mine hears nothing of
		}
		counted.n.Store(0)
		if err := writes.Apply(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if n := counted.n.Load(); n != want {
			t.Errorf("commit %d: %d requests, want %d", i, n, want)
		}
	}
	holdsOnce(t, mine, 7)
}

func TestASegmentIsHalvedForATimeNotWalked(t *testing.T) {
	dynamolocal.Endpoint(t) // skips where none can run
	client, name := tableOf(t, dynamostore.ViewsTable)
	store, counted := new(memstore.Store), &requests{ViewsClient: client}
	j := dynamostore.NewJournal(counted, name, store)
	commits := told(t, store, 1, 100, "{}")
	if err := j.Apply(t.Context(), commits...); err != nil {
		t.Fatal(err)
	}
	for _, from := range []int{0, 1, 50, 98, 99} {
		counted.n.Store(0)
		got, _, err := j.Read(t.Context(), journal.Page{Tenant: commits[0].Stream.Tenant, Since: commits[from].At, Limit: 1})
		if err != nil || len(got) != 1 || got[0].Commit.First != commits[from].First {
			t.Fatalf("from %d: got %+v, %v", from, got, err)
		}
		// The heads, the first entry, and six or seven halves of the 99 others.
		if n := counted.n.Load(); n > 16+1+7 {
			t.Errorf("from %d: %d items were got, want 24 at most", from, n)
		}
	}
}
