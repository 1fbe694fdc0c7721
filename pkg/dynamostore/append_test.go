package dynamostore_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/daybook-es/daybook/internal/dynamolocal"
	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

func TestAnAppendIsOneRequestAndOneUnitForEachKilobyte(t *testing.T) {
	client, name := table(t)
	m := &metered{Client: client}
	store := dynamostore.New(m, name)
	end := eventstore.NoStream(stream)
	for _, c := range []eventstore.Commit{withSnapshot(commit("a")), wide("b", 1, 900), wide("c", 3, 800)} {
		c, err := store.Append(t.Context(), stream, end, c)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "bill of "+c.Command.Key, m.take(), bill{Requests: 1, Units: float64(c.Item().Units())})
		end = c.End()
	}
}

func TestAnItemOfExactlyAKilobyteCostsOneUnit(t *testing.T) {
	client, name := table(t)
	m := &metered{Client: client}
	store := dynamostore.New(m, name)
	fits := func(size int) eventstore.Commit {
		probe, err := eventstore.NoStream(stream).Extend(stream, wide("fits", 1, 0))
		if err != nil {
			t.Fatal(err)
		}
		return wide("fits", 1, size-probe.Item().Size())
	}
	one := write(t, store, fits(1024))
	same(t, "1024 bytes", m.take(), bill{Requests: 1, Units: 1})
	if _, err := store.Append(t.Context(), stream, one[0].End(), fits(1025)); err != nil {
		t.Fatal(err)
	}
	same(t, "1025 bytes", m.take(), bill{Requests: 1, Units: 2})
}

func TestAConflictCarriesWhatStandsThereWithoutARead(t *testing.T) {
	client, name := table(t)
	m := &metered{Client: client}
	store := dynamostore.New(m, name)
	first := write(t, store, withSnapshot(wide("first", 3, 10)), commit("second"))
	m.take()

	_, err := store.Append(t.Context(), stream, eventstore.NoStream(stream), commit("late"))
	conflict, ok := errors.AsType[*eventstore.ConflictError](err)
	if !ok {
		t.Fatalf("got %v", err)
	}
	same(t, "conflict", conflict, &eventstore.ConflictError{Stream: stream, Expected: 0, Next: &first[0]})
	same(t, "requests", m.take().Requests, 1)
}

// losing is a network that loses replies to an operation, after the server did
// its work.
type losing struct {
	of      string
	replies atomic.Int32
}

func (l *losing) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && r.Header.Get("X-Amz-Target") == "DynamoDB_20120810."+l.of && l.replies.Add(-1) >= 0 {
		_ = response.Body.Close()
		return nil, errors.New("connection reset by peer")
	}
	return response, err
}

// unheard returns a client on a network that loses replies to an operation.
func unheard(tb testing.TB, operation string) (*losing, *dynamodb.Client) {
	tb.Helper()
	network := &losing{of: operation}
	return network, dynamolocal.Client(dynamolocal.Endpoint(tb), func(o *dynamodb.Options) {
		o.HTTPClient = &http.Client{Transport: network}
		o.Retryer = retry.AddWithMaxBackoffDelay(retry.NewStandard(), time.Millisecond)
	})
}

func TestAnAppendWhoseReplyIsLostSucceedsOnce(t *testing.T) {
	client, name := table(t)
	network, spotty := unheard(t, "PutItem")
	store := dynamostore.New(spotty, name)

	network.replies.Store(2)
	sent := withSnapshot(wide("once", 2, 10))
	stored, err := store.Append(t.Context(), stream, eventstore.NoStream(stream), sent)
	if err != nil {
		t.Fatal(err)
	}
	all, err := collect(dynamostore.New(client, name).Read(t.Context(), stream, eventstore.NoStream(stream)))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "stream", all, []eventstore.Commit{stored})

	network.replies.Store(100)
	_, err = store.Append(t.Context(), stream, stored.End(), commit("unheard"))
	if !errors.Is(err, eventstore.ErrUnavailable) {
		t.Fatalf("no reply at all: got %v", err)
	}
	network.replies.Store(0)
	again, err := store.Append(t.Context(), stream, stored.End(), commit("unheard"))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "the append given again", again.First, stored.Last()+1)
}

func TestAnItemThatDynamoDBWouldNotHoldIsRefusedBeforeTheRequest(t *testing.T) {
	client, name := table(t)
	m := &metered{Client: client}
	store := dynamostore.New(m, name)
	_, err := store.Append(t.Context(), stream, eventstore.NoStream(stream), wide("large", 4, 100<<10))
	if _, ok := errors.AsType[*eventstore.InvalidError](err); !ok {
		t.Errorf("got %v", err)
	}
	same(t, "bill", m.take(), bill{})

	probe, err := eventstore.NoStream(stream).Extend(stream, wide("largest", 1, 0))
	if err != nil {
		t.Fatal(err)
	}
	largest := wide("largest", 1, eventstore.MaxItem-probe.Item().Size())
	stored := write(t, store, largest)
	same(t, "size", stored[0].Item().Size(), eventstore.MaxItem)
}

func TestTextComesBackAsItWasWritten(t *testing.T) {
	client, name := table(t)
	store := dynamostore.New(client, name)
	c := withSnapshot(commit("k\u00e9y \u2028 \"quoted\" \\ \x7f"))
	c.Events[0].Data = json.RawMessage("{\"a\": \"\u2028 \U0001F4D2 \\u0000 \\ud83d <&> \x7f\",\n\t\"b\": 1e400}")
	c.Events[0].Actor = "\u0001 \U0001F4D2 <&>"
	c.Snapshot.Data = c.Events[0].Data
	stored := write(t, store, c)
	read, err := collect(store.Read(t.Context(), stream, eventstore.NoStream(stream)))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "read", read, stored)
}

func TestBytesThatAreNoTextAreRefusedBeforeTheRequest(t *testing.T) {
	store := on(answering(nil)) // any request would panic
	for name, spoil := range map[string]func(*eventstore.Commit){
		"data":     func(c *eventstore.Commit) { c.Events[0].Data = json.RawMessage("\"\xff\"") },
		"type":     func(c *eventstore.Commit) { c.Events[0].Type = "\xff" },
		"actor":    func(c *eventstore.Commit) { c.Events[0].Actor = "\xff" },
		"key":      func(c *eventstore.Commit) { c.Command.Key = "\xff" },
		"snapshot": func(c *eventstore.Commit) { c.Snapshot.Data = json.RawMessage("\"\xff\"") },
	} {
		c := withSnapshot(commit("key"))
		spoil(&c)
		_, err := store.Append(t.Context(), stream, eventstore.NoStream(stream), c)
		if _, ok := errors.AsType[*eventstore.InvalidError](err); !ok {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
