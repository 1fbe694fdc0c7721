// Package bustest is the contract of [publish.Bus]: what passes it is a bus. The
// test of a new bus says how to publish and what was received:
//
//	func TestBus(t *testing.T) {
//		bustest.Run(t, func(t testing.TB) (publish.Bus, func() []publish.Event) { … })
//	}
//
// Each law publishes events of streams of its own, so all may share one bus that
// still holds what was published before.
package bustest

import (
	"crypto/rand"
	"encoding/json"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/publish"
)

// Types are those of the events that are published here: whoever receives for
// the contract listens to each of them.
var Types = []string{"LawPassed", "LawRepealed"}

// A Law is one sentence of the contract, and what tells that it holds. Received
// returns what has arrived so far.
type Law struct {
	Name  string
	Check func(t testing.TB, bus publish.Bus, received func() []publish.Event)
}

// Laws returns the whole contract.
func Laws() []Law {
	return []Law{
		{"what is taken arrives, with all that it says", whole},
		{"what has neither correlation nor data of its own arrives as well", bare},
		{"as many as are taken at once arrive", full},
		{"more than that are refused", tooMany},
		{"as many bytes as are taken at once arrive", large},
		{"more bytes than that are refused", tooLarge},
		{"events that are alike but in one thing all arrive", alike},
		{"what is published again is taken again", again},
		{"what is taken from a context that has ended arrives", ended},
	}
}

// Run checks every law as a subtest, each on what newBus returns.
func Run(t *testing.T, newBus func(testing.TB) (publish.Bus, func() []publish.Event)) {
	t.Helper()
	for _, law := range Laws() {
		t.Run(law.Name, func(t *testing.T) {
			bus, received := newBus(t)
			law.Check(t, bus, received)
		})
	}
}

// newEvent returns an event of a stream that no event was ever published of.
func newEvent() publish.Event {
	return publish.Event{
		Type: Types[0], Tenant: "law", Stream: "order/law-" + rand.Text(), Version: 1,
		At: time.Date(2026, 11, 24, 8, 30, 0, int(7*time.Millisecond), time.UTC), Correlation: "corr-1", Data: json.RawMessage(`{"orderId":"law"}`),
	}
}

// tries bounds how often what a bus did not take is sent again: it may be busy.
const tries = 5

// mustTake publishes until everything is taken.
func mustTake(t testing.TB, bus publish.Bus, events ...publish.Event) {
	t.Helper()
	for try := range tries {
		failed, err := bus.Publish(t.Context(), events)
		if err == nil {
			events = at(t, events, failed)
		}
		if err == nil && len(events) == 0 {
			return
		}
		if try == tries-1 {
			t.Fatalf("publish: %d events not taken, %v", len(events), err)
		}
		time.Sleep(time.Second << try)
	}
}

// at returns the events at the indexes, which are some of theirs in order.
func at(t testing.TB, events []publish.Event, failed []int) (left []publish.Event) {
	t.Helper()
	last := -1
	for _, i := range failed {
		if i <= last || i >= len(events) {
			t.Fatalf("publish: of %d events it did not take those at %v", len(events), failed)
		}
		left, last = append(left, events[i]), i
	}
	return left
}
