package dynamostore_test

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"iter"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel/journal"
)

// told appends commits of one event to streams of a store, in turns.
func told(t *testing.T, events eventstore.Store, streams, each int, data string) (all []eventstore.Commit) {
	t.Helper()
	for s := range streams {
		id := eventstore.StreamID{Tenant: "t", Category: "lamp", ID: fmt.Sprint("lamp-", s)}
		end := eventstore.NoStream(id)
		for n := range each {
			c, err := events.Append(t.Context(), id, end, eventstore.Commit{
				Events:  []eventstore.Event{{Type: "lamp.lit.v1", Data: []byte(data)}},
				Command: eventstore.CommandID{Key: fmt.Sprint(n)}, At: time.Date(2026, 3, 1, 12, 0, n, 0, time.UTC),
			})
			if err != nil {
				t.Fatal(err)
			}
			all, end = append(all, c), c.End()
		}
	}
	return all
}

// holdsOnce checks that a journal has the commits, each once, and of each stream
// in order, and returns them.
func holdsOnce(t *testing.T, j journal.Store, want int) (all []journal.Entry) {
	t.Helper()
	seen := make(map[eventstore.StreamID]eventstore.Version)
	for at := journal.Cursor(nil); ; {
		entries, next, err := j.Read(t.Context(), journal.Page{Tenant: "t", After: at, Limit: max(7, want/5)})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.Commit.First != seen[e.Commit.Stream]+1 {
				t.Errorf("of %s, %d follows %d", e.Commit.Stream, e.Commit.First, seen[e.Commit.Stream])
			}
			seen[e.Commit.Stream] = e.Commit.Last()
		}
		if all = append(all, entries...); next.Equal(at) {
			break
		}
		at = next
	}
	if len(all) != want {
		t.Errorf("%d commits, want %d", len(all), want)
	}
	return all
}

func TestWhatArrivesInAJournalWhoseReplyIsLostIsThereOnce(t *testing.T) {
	t.Parallel()
	_, name := tableOf(t, dynamostore.ViewsTable)
	network, spotty := unheard(t, "TransactWriteItems")
	events := new(memstore.Store)
	j := dynamostore.NewJournal(spotty, name, events)
	all := told(t, events, 5, 4, `{}`)
	for _, part := range [][]eventstore.Commit{all[:7], all, all} {
		network.replies.Store(2)
		if err := j.Apply(t.Context(), part...); err != nil {
			t.Fatal(err)
		}
	}
	holdsOnce(t, j, len(all))
}

func TestAJournalThatCannotBeWrittenSaysSoAndMissesNothingLater(t *testing.T) {
	client, name := tableOf(t, dynamostore.ViewsTable)
	events := new(memstore.Store)
	all := told(t, events, 3, 3, `{}`)
	for what, network := range map[string]answering{
		"throttled": answer(400, refusal("ThrottlingException")),
		"cancelled": func(r *http.Request) (*http.Response, error) { // after its head and guards were read
			if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".GetItem") {
				return answer(200, `{}`)(r)
			}
			return answer(400, cancelled("ThrottlingError", "None"))(r)
		},
	} {
		err := dynamostore.NewJournal(over(network), name, events).Apply(t.Context(), all...)
		if !errors.Is(err, eventstore.ErrUnavailable) || projection.Poisoned(err) != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	j := dynamostore.NewJournal(client, name, events)
	if err := j.Apply(t.Context(), all[8]); err != nil { // the last of its stream
		t.Fatal(err)
	}
	holdsOnce(t, j, 3)
	if err := j.Apply(t.Context(), all...); err != nil {
		t.Fatal(err)
	}
	holdsOnce(t, j, len(all))
}

func TestManyWhoWriteTheSameToAJournalWriteItOnce(t *testing.T) {
	t.Parallel()
	client, name := tableOf(t, dynamostore.ViewsTable)
	events := new(memstore.Store)
	j := dynamostore.NewJournal(client, name, events)
	all := told(t, events, 4, 10, `{}`)
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		wg.Go(func() {
			for n := range 10 {
				errs[i] = errors.Join(errs[i], j.Apply(t.Context(), all[n], all[(n+10*i)%40], all[n+30]))
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if err := j.Apply(t.Context(), all...); err != nil {
		t.Fatal(err)
	}
	holdsOnce(t, j, len(all))
}

// A transaction has a hundred items: the head of a segment, and of each commit an
// entry and, once for a stream, its guard.
func TestAJournalTakesMoreThanATransactionHolds(t *testing.T) {
	t.Parallel()
	for what, commits := range map[string]func(events eventstore.Store) []eventstore.Commit{
		"items": func(e eventstore.Store) []eventstore.Commit { return told(t, e, 1, 130, `{}`) },
		"bytes": func(e eventstore.Store) []eventstore.Commit {
			return told(t, e, 1, 16, `"`+strings.Repeat("x", 390_000)+`"`)
		},
		"streams": func(e eventstore.Store) []eventstore.Commit {
			return slices.DeleteFunc(told(t, e, 1300, 1, `{}`), func(c eventstore.Commit) bool { return segmentOf(c.Stream) != 0 })
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			client, name := tableOf(t, dynamostore.ViewsTable)
			counted, events := &requests{ViewsClient: client}, new(memstore.Store)
			j := dynamostore.NewJournal(counted, name, events)
			all := commits(events)
			if err := j.Apply(t.Context(), all...); err != nil {
				t.Fatal(err)
			}
			if n := counted.written.Load(); n < 2 {
				t.Errorf("got %d transactions, want more than one", n)
			}
			for _, e := range holdsOnce(t, j, len(all)) {
				if e.Segment != segmentOf(all[0].Stream) {
					t.Fatalf("got segment %d of %s, want %d", e.Segment, e.Commit.Stream, segmentOf(all[0].Stream))
				}
			}
		})
	}
}

// segmentOf is the segment of a stream in the journal.
func segmentOf(s eventstore.StreamID) int {
	h := fnv.New32a()
	h.Write([]byte(s.String()))
	return int(h.Sum32() % 16)
}

func TestACommitAsLargeAsAnItemMayBeIsInTheJournalWhole(t *testing.T) {
	client, name := tableOf(t, dynamostore.ViewsTable)
	events := new(memstore.Store)
	j := dynamostore.NewJournal(client, name, events)
	small := told(t, events, 1, 1, `{}`)[0]
	room := eventstore.MaxItem - small.Item().Size()
	large, err := events.Append(t.Context(), small.Stream, small.End(), eventstore.Commit{
		Events:  []eventstore.Event{{Type: "lamp.lit.v1", Data: []byte(`"` + strings.Repeat("x", room) + `"`)}},
		Command: eventstore.CommandID{Key: "2"}, At: small.At,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Apply(t.Context(), large); err != nil {
		t.Fatal(err)
	}
	if all := holdsOnce(t, j, 2); len(all) == 2 && len(all[1].Commit.Events[0].Data) != room+2 {
		t.Errorf("it has %d bytes of %d", len(all[1].Commit.Events[0].Data), room+2)
	}
}

// torn is a store in which a stream cannot be read beyond its first commit.
type torn struct {
	*memstore.Store
	stream eventstore.StreamID
}

func (s torn) Read(ctx context.Context, stream eventstore.StreamID, after eventstore.Position) iter.Seq2[eventstore.Commit, error] {
	all := s.Store.Read(ctx, stream, after)
	if stream != s.stream {
		return all
	}
	return func(yield func(eventstore.Commit, error) bool) {
		for c, err := range all {
			if c.First > 1 {
				yield(eventstore.Commit{}, &eventstore.HoleError{Stream: stream, After: 1, Found: c.First})
				return
			}
			if !yield(c, err) {
				return
			}
		}
	}
}

func TestAStreamThatIsDamagedStopsAloneInTheJournal(t *testing.T) {
	client, name := tableOf(t, dynamostore.ViewsTable)
	events := new(memstore.Store)
	all := told(t, events, 3, 3, `{}`)
	j := dynamostore.NewJournal(client, name, torn{events, all[0].Stream})
	err := j.Apply(t.Context(), all[2], all[3], all[4], all[5], all[8])
	poison := projection.Poisoned(err)
	if len(poison) != 1 || poison[0].Stream != all[0].Stream || poison[0].Version != 2 {
		t.Fatalf("got %v", err)
	}
	holdsOnce(t, j, 7)
}

func TestAHoleInAJournalIsAFault(t *testing.T) {
	client, name := tableOf(t, dynamostore.ViewsTable)
	events := new(memstore.Store)
	j := dynamostore.NewJournal(client, name, events)
	if err := j.Apply(t.Context(), told(t, events, 1, 3, `{}`)...); err != nil {
		t.Fatal(err)
	}
	items, err := client.Scan(t.Context(), &dynamodb.ScanInput{TableName: &name})
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range items.Items {
		if s, ok := i["s"].(*types.AttributeValueMemberS); ok && strings.HasSuffix(s.Value, "2") {
			if _, err := client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &name, Key: map[string]types.AttributeValue{"p": i["p"], "s": i["s"]}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, _, err := j.Read(t.Context(), journal.Page{Tenant: "t", Limit: 10}); err == nil || !strings.Contains(err.Error(), "rebuild the view") {
		t.Errorf("got %v", err)
	}
}
