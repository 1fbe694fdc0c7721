package dynamostore_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/internal/testsize"
	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

func TestALoadFromASnapshotIsOneRequestOfHalfAUnit(t *testing.T) {
	t.Parallel()
	client, name := table(t)
	m := &metered{Client: client}
	store := dynamostore.New(m, name)
	stored := write(t, store, many(30, func(int) bool { return true })...)
	if _, err := store.Load(t.Context(), stream, eventstore.Latest, 1); err != nil { // a cold store asks for all
		t.Fatal(err)
	}
	m.take()
	for range 3 {
		commits, err := store.Load(t.Context(), stream, eventstore.Latest, 1)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "commits", commits, stored[29:])
		same(t, "bill", m.take(), bill{Requests: 1, Units: 0.5})
	}
}

func TestAStreamWhoseSnapshotsAreFarApartLoadsInOneRequest(t *testing.T) {
	t.Parallel()
	client, name := table(t)
	m := &metered{Client: client}
	store := dynamostore.New(m, name)
	end := eventstore.NoStream(stream)
	apart := testsize.N{Short: 20, Race: 60, Gate: 60, Soak: 200}.Get()
	for i, c := range many(apart*9/4, func(i int) bool { return i%apart == apart-1 }) {
		c, err := store.Append(t.Context(), stream, end, c)
		if err != nil {
			t.Fatal(err)
		}
		end = c.End()
		m.take()
		commits, err := store.Load(t.Context(), stream, eventstore.Latest, 1)
		if err != nil || commits[len(commits)-1].Last() != end.Version() || len(commits) != (i+1)%apart+1 && i >= apart-1 {
			t.Fatalf("after %d commits: %d commits, %v", i+1, len(commits), err)
		}
		if n := m.take().Requests; n != 1 {
			t.Errorf("%d commits took %d requests", len(commits), n)
		}
	}
	for range 3 { // of a store that has not seen any load
		if _, err := dynamostore.New(m, name).Load(t.Context(), stream, eventstore.Latest, 1); err != nil {
			t.Fatal(err)
		}
		same(t, "requests of a cold store", m.take().Requests, 1)
	}
}

func TestAStateAsOfAVersionTakesTwoRequestsAtMost(t *testing.T) {
	client, name := table(t)
	m := &metered{Client: client}
	store := dynamostore.New(m, name)
	stored := write(t, store,
		withSnapshot(commit("1")), withSnapshot(wide("2-4", 3, 10)), wide("5-6", 2, 10), commit("7"), withSnapshot(wide("8-9", 2, 10)))
	for _, c := range []struct {
		upTo     eventstore.Version
		from, to int
	}{
		{eventstore.Latest, 4, 5},
		{9, 4, 5},
		{8, 1, 4},
		{7, 1, 4},
		{6, 1, 3},
		{5, 1, 2},
		{4, 1, 2},
		{3, 0, 1},
		{2, 0, 1},
		{1, 0, 1},
	} {
		m.take()
		commits, err := store.Load(t.Context(), stream, c.upTo, 1)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "commits", commits, stored[c.from:c.to])
		if taken := m.take(); taken.Requests > 2 {
			t.Errorf("up to %d: %d requests", c.upTo, taken.Requests)
		}
	}
	none, err := store.Load(t.Context(), stream, eventstore.Empty, 1)
	if len(none) > 0 || err != nil {
		t.Errorf("up to 0: %v, %v", none, err)
	}
}

func TestASnapshotOfAnotherSchemaIsPassedOver(t *testing.T) {
	client, name := table(t)
	store := dynamostore.New(client, name)
	stored := write(t, store, many(10, func(i int) bool { return i > 3 })...)
	for _, schema := range []int{0, 2} {
		commits, err := store.Load(t.Context(), stream, eventstore.Latest, schema)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "commits", commits, stored)
	}
}

// stale is a replica that has not got some of the versions.
type stale struct {
	dynamostore.Client
	without  []string
	eventual int
	strong   int
}

func (s *stale) Query(ctx context.Context, in *dynamodb.QueryInput, o ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	out, err := s.Client.Query(ctx, in, o...)
	if err != nil {
		return nil, err
	}
	if *in.ConsistentRead {
		s.strong++
		return out, nil
	}
	s.eventual++
	out.Items = slices.DeleteFunc(out.Items, func(i map[string]types.AttributeValue) bool {
		return slices.Contains(s.without, i["v"].(*types.AttributeValueMemberN).Value)
	})
	return out, nil
}

func TestALoadFromAStaleReplicaIsABeginningOfTheStream(t *testing.T) {
	client, name := table(t)
	stored := write(t, dynamostore.New(client, name), many(12, never)...)
	for _, c := range []struct {
		without []string
		want    []eventstore.Commit
		strong  int
	}{
		{nil, stored, 0},
		{[]string{"12"}, stored[:11], 0},
		{[]string{"11", "12"}, stored[:10], 0},
		{[]string{"11"}, stored, 1},
		{[]string{"8"}, stored, 1}, // the first of the second page
		{[]string{"1"}, stored, 1},
		{[]string{"1", "2", "3"}, stored, 1},
	} {
		replica := &stale{Client: client, without: c.without}
		commits, err := dynamostore.New(replica, name).Load(t.Context(), stream, eventstore.Latest, 1)
		if err != nil {
			t.Fatalf("without %v: %v", c.without, err)
		}
		same(t, "commits", commits, c.want)
		same(t, "strong reads", replica.strong > 0, c.strong > 0)
	}
}

func TestAHoleInTheTableIsSaid(t *testing.T) {
	client, name := table(t)
	store := dynamostore.New(client, name)
	stored := write(t, store, many(12, never)...)
	_, err := client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &name, Key: map[string]types.AttributeValue{
		"p": &types.AttributeValueMemberS{Value: stream.String()}, "v": &types.AttributeValueMemberN{Value: "3"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	hole := &eventstore.HoleError{Stream: stream, After: 2, Found: 4}

	_, err = store.Load(t.Context(), stream, eventstore.Latest, 1)
	same(t, "load", err, error(hole))
	before, err := collect(store.Read(t.Context(), stream, eventstore.NoStream(stream)))
	same(t, "read", err, error(hole))
	same(t, "commits before the hole", before, stored[:2])

	other := stream
	other.ID = "other"
	intact, err := store.Append(t.Context(), other, eventstore.NoStream(other), commit("key"))
	if err != nil {
		t.Fatal(err)
	}
	scanned := make(map[eventstore.StreamID][]eventstore.Commit)
	for c, err := range store.Scan(t.Context(), 0, 1) {
		if scanned[c.Stream] = append(scanned[c.Stream], c); err != nil {
			same(t, "scan", err, error(hole))
		}
	}
	same(t, "scan", scanned, map[eventstore.StreamID][]eventstore.Commit{
		stream: append(stored[:2:2], eventstore.Commit{Stream: stream}), other: {intact},
	})

	after, err := collect(store.Read(t.Context(), stream, stored[4].End()))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "commits after the hole", after, stored[5:])
	if _, missing := errors.AsType[*eventstore.HoleError](err); missing {
		t.Error("a hole that was not asked for")
	}
}
