package dynamostore_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

func TestAStreamOfOverThreeMegabytesIsReadPageByPage(t *testing.T) {
	t.Parallel()
	client, name := table(t)
	m := &metered{Client: client}
	store := dynamostore.New(m, name)
	var commits []eventstore.Commit
	for i := range 20 {
		commits = append(commits, wide(fmt.Sprint("key-", i), 2, 90<<10))
	}
	stored := write(t, store, commits...)

	m.take()
	read, err := collect(store.Read(t.Context(), stream, eventstore.NoStream(stream)))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "read", read, stored)
	same(t, "pages", m.take().Requests, 4)

	loaded, err := store.Load(t.Context(), stream, eventstore.Latest, 1)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "loaded", loaded, stored)

	m.take()
	for c, err := range store.Read(t.Context(), stream, stored[2].End()) {
		if err != nil {
			t.Fatal(err)
		}
		same(t, "the next commit", c, stored[3])
		break
	}
	same(t, "pages that were needed", m.take().Requests, 1)
}

func TestASequenceCanBeReadAgain(t *testing.T) {
	client, name := table(t)
	store := dynamostore.New(client, name)
	stored := write(t, store, many(3, never)...)
	seq := store.Read(t.Context(), stream, stored[0].End())
	for range 2 {
		read, err := collect(seq)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "read", read, stored[1:])
	}
}

func TestAScanYieldsEachStreamInOneSegmentAndInOrder(t *testing.T) {
	t.Parallel()
	client, name := table(t)
	store := dynamostore.New(client, name)
	want := map[eventstore.StreamID][]eventstore.Commit{}
	for i := range 40 {
		id := eventstore.StreamID{Tenant: "t", Category: "order", ID: fmt.Sprint(i)}
		end := eventstore.NoStream(id)
		for j := range 12 {
			c, err := store.Append(t.Context(), id, end, wide(fmt.Sprint("key-", j), 1+j%3, 3<<10))
			if err != nil {
				t.Fatal(err)
			}
			want[id], end = append(want[id], c), c.End()
		}
	}
	for _, of := range []int{1, 4} {
		got, home := map[eventstore.StreamID][]eventstore.Commit{}, map[eventstore.StreamID][]int{}
		for segment := range of {
			for c, err := range store.Scan(t.Context(), segment, of) {
				if err != nil {
					t.Fatal(err)
				}
				got[c.Stream] = append(got[c.Stream], c)
				if !slices.Contains(home[c.Stream], segment) {
					home[c.Stream] = append(home[c.Stream], segment)
				}
			}
		}
		same(t, fmt.Sprintf("%d segments", of), got, want)
		for id, segments := range home {
			if len(segments) != 1 {
				t.Errorf("%s stands in the segments %v", id, segments)
			}
		}
	}
}
