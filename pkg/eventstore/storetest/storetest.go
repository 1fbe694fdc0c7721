// Package storetest is the contract of [eventstore.Store]: a store is one that
// passes it. The test of a new store is one line:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(testing.TB) eventstore.Store { return mystore.New() })
//	}
//
// Each law works on streams of its own, so open may return one store each time.
package storetest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"sync/atomic"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// A Law is one sentence of the contract, and what tells that it holds.
type Law struct {
	Name  string
	Check func(t testing.TB, store eventstore.Store)
}

// Laws returns the whole contract.
func Laws() []Law {
	return []Law{
		{"an unknown stream is empty", unknown},
		{"what was appended is read back whole, equal and in order", readBack},
		{"a commit time is in whole milliseconds and never before the one before it", commitTimes},
		{"the events of a commit stand all or not at all", together},
		{"what cannot be stored is refused and leaves nothing", invalidCommits},
		{"a cancelled append leaves nothing or all", cancelled},
		{"a stale writer is refused and told what it missed", staleWriter},
		{"of 20 racing writers exactly one wins", racingWriters},
		{"a command appended twice is one commit and two successes", repeated},
		{"a command repeated at once by 20 is one commit and 20 successes", racingRepeats},
		{"a lost reply is answered after others have appended", lateRepeat},
		{"a stream of over 3 MB reads back whole", large},
		{"a load begins at the newest snapshot of its schema", snapshots},
		{"a load goes as far as it is asked to", bounded},
		{"a load finds a snapshot of long ago", distant},
		{"a read goes on from every position", positions},
		{"a read sees what was appended before it", strong},
		{"a read may be left early and begun again", leftEarly},
		{"streams do not mix, however alike their names", apart},
		{"a scan meets each commit once, each stream in one segment and in order", scanned},
	}
}

// Run checks every law as a subtest, each on what open returns.
func Run(t *testing.T, open func(testing.TB) eventstore.Store) {
	t.Helper()
	for _, law := range Laws() {
		t.Run(law.Name, func(t *testing.T) { law.Check(t, open(t)) })
	}
}

var serial atomic.Int64

// stream returns the id of a stream that nobody has written to.
func stream() eventstore.StreamID {
	return eventstore.StreamID{Tenant: "law", Category: "thing", ID: fmt.Sprintf("%d-%d", time.Now().UnixNano(), serial.Add(1))}
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// commit returns one to append, of so many events.
func commit(key string, events int) eventstore.Commit {
	c := eventstore.Commit{Command: eventstore.CommandID{Key: key}, At: noon}
	for n := range events {
		c.Events = append(c.Events, eventstore.Event{
			Type: "thing.happened.v1", Data: json.RawMessage(fmt.Sprintf(`{"by":%q,"n":%d}`, key, n)), Actor: "me",
		})
	}
	return c
}

func withSnapshot(c eventstore.Commit, schema int) eventstore.Commit {
	c.Snapshot = &eventstore.Snapshot{Schema: schema, Data: json.RawMessage(fmt.Sprintf(`{"after":%q}`, c.Command.Key))}
	return c
}

// mustAppend appends after a position, and checks what comes back.
func mustAppend(t testing.TB, s eventstore.Store, at eventstore.Position, c eventstore.Commit) eventstore.Commit {
	t.Helper()
	stored, err := s.Append(t.Context(), at.Stream(), at, c)
	if err != nil {
		t.Fatalf("append %s after %d: %v", c.Command.Key, at.Version(), err)
	}
	want, err := at.Extend(at.Stream(), c)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "what append returns", []eventstore.Commit{stored}, []eventstore.Commit{want})
	return stored
}

// extend appends commits one after the other, from a position on.
func extend(t testing.TB, s eventstore.Store, at eventstore.Position, commits ...eventstore.Commit) []eventstore.Commit {
	t.Helper()
	var stored []eventstore.Commit
	for _, c := range commits {
		next := mustAppend(t, s, at, c)
		stored, at = append(stored, next), next.End()
	}
	return stored
}

// numbered returns commits of one event each.
func numbered(n int) (commits []eventstore.Commit) {
	for i := range n {
		commits = append(commits, commit(fmt.Sprintf("key-%d", i+1), 1))
	}
	return commits
}

func read(t testing.TB, s eventstore.Store, after eventstore.Position) (commits []eventstore.Commit) {
	t.Helper()
	for c, err := range s.Read(t.Context(), after.Stream(), after) {
		if err != nil {
			t.Fatalf("read after %d: %v", after.Version(), err)
		}
		commits = append(commits, c)
	}
	return commits
}

// load loads until the store no longer shows an old state: a load may be stale.
func load(t testing.TB, s eventstore.Store, id eventstore.StreamID, upTo eventstore.Version, schema int, want []eventstore.Commit) {
	t.Helper()
	var got []eventstore.Commit
	for range 50 {
		var err error
		if got, err = s.Load(t.Context(), id, upTo, schema); err != nil {
			t.Fatalf("load up to %d, schema %d: %v", upTo, schema, err)
		}
		if len(want) == 0 || len(got) > 0 && got[len(got)-1].Last() >= want[len(want)-1].Last() {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	same(t, fmt.Sprintf("load up to %d, schema %d", upTo, schema), got, want)
}

// same compares whole commits, in order.
func same(t testing.TB, what string, got, want []eventstore.Commit) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d commits, want %d", what, len(got), len(want))
	}
	for i := range got {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("%s: commit %d of %d:\ngot  %.500v\nwant %.500v", what, i+1, len(got), got[i], want[i])
		}
	}
}

func start(t testing.TB) eventstore.Position {
	t.Helper()
	return eventstore.NoStream(stream())
}
