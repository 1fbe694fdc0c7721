// Package journaltest is the contract of [journal.Store]: a journal is one that
// passes it. The test of a new one is a harness and one line:
//
//	func TestJournal(t *testing.T) {
//		journaltest.Run(t, func(testing.TB) journaltest.Harness { return journaltest.Harness{Events: s, Journal: j} })
//	}
package journaltest

import (
	"context"
	"testing"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel/journal"
)

// A Harness is one empty journal and the events that it is of.
type Harness struct {
	Events  eventstore.Store
	Journal journal.Store
	// Arrive brings commits to the journal, as their stream does. nil: what is
	// appended is in it.
	Arrive func(ctx context.Context, commits ...eventstore.Commit) error
}

// A Law is one sentence of the contract, and what tells that it holds. Check is
// given an empty journal.
type Law struct {
	Name  string
	Check func(t testing.TB, h Harness)
}

// Laws returns the whole contract.
func Laws() []Law {
	var all []Law
	for _, law := range []struct {
		name string
		of   func(*world)
	}{
		{"an empty journal is at its end", empty},
		{"everything comes once, of one stream in order", once},
		{"a commit is read as it was appended, but for what is not shown", readBack},
		{"a follower misses nothing that comes meanwhile", follow},
		{"from every cursor the rest comes", everywhere},
		{"what comes after the end was asked for is after it", end},
		{"tenants do not see each other", tenants},
		{"what was committed before a time is left out, and no more", since},
		{"a cursor that was never given out has no place", noPlace},
		{"a large page is cut, and goes on", large},
		{"what was appended before the journal is complete to is in it", complete},
		{"a cancelled context is told", cancelled},
	} {
		all = append(all, Law{law.name, func(t testing.TB, h Harness) {
			t.Helper()
			law.of(&world{TB: t, Harness: h})
		}})
	}
	return all
}

// Run checks every law, each on a journal of its own that open returns empty.
func Run(t *testing.T, open func(testing.TB) Harness) {
	t.Helper()
	for _, law := range Laws() {
		t.Run(law.Name, func(t *testing.T) {
			t.Parallel()
			law.Check(t, open(t))
		})
	}
}
