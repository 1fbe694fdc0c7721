// Package publish tells the world outside what happened: it turns events into
// integration events, which have names and forms of their own, and puts them on
// a bus.
//
// Each is published at least once, in no promised order: a consumer tells
// repeats by stream and version, and reads from the store what it must know the
// order of.
package publish

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// An Event is an integration event.
type Event struct {
	Type        string             `json:"type"` // public name: "OrderSubmitted"
	Tenant      string             `json:"tenant"`
	Stream      string             `json:"stream"`  // with the version, the id of the event
	Version     eventstore.Version `json:"version"` // it was made of: "order/ord_1"
	At          time.Time          `json:"at"`
	Correlation string             `json:"correlation,omitempty"`
	Data        json.RawMessage    `json:"data"` // names no person
}

// What a bus takes at once: so many events, of so many bytes of JSON together.
// It is what EventBridge takes, 1 MB, less what that counts beside the JSON.
const (
	Most      = 10
	MostBytes = 990_000
)

// Fit returns how many of the events, from the first on, a bus takes at once.
func Fit(events []Event) int {
	size := 0
	for i, e := range events {
		text, err := json.Marshal(e)
		if size += len(text); err != nil || i == Most || size > MostBytes {
			return i
		}
	}
	return len(events)
}

// A Bus takes events and hands them to whoever listens, at least once. The
// contract is the package bustest.
type Bus interface {
	// Publish takes as many events as [Fit]; more are an error. It returns the
	// indexes of those that it did not take, in ascending order; an error says
	// that nothing is known of any. What it took arrives, late or soon; what it
	// did not take may have arrived.
	Publish(ctx context.Context, events []Event) (failed []int, err error)
}

// Sources is all that Daybook publishes.
func Sources() []Source { return []Source{Orders(), Payments()} }

// A Publisher publishes commits.
type Publisher struct {
	bus     Bus
	log     *slog.Logger
	sources map[string]Source
}

// New returns a publisher of what the sources know of. Two sources of one
// category are a mistake in the program: it panics.
func New(bus Bus, log *slog.Logger, sources ...Source) *Publisher {
	p := &Publisher{bus: bus, log: log, sources: make(map[string]Source, len(sources))}
	for _, s := range sources {
		if _, twice := p.sources[s.category]; twice {
			panic(fmt.Sprintf("publish: two sources of category %q", s.category))
		}
		p.sources[s.category] = s
	}
	return p
}

// Publish publishes the commits in order. What the bus does not take is sent
// again, and it alone. It is a [*NotTakenError] when the bus would not take all.
//
// An event that cannot be read, or that is larger than what a bus takes, is not
// published and holds back no other. The log says so once: when all else of its
// commit and before it is published, for until then the commit comes again.
func (p *Publisher) Publish(ctx context.Context, commits ...eventstore.Commit) error {
	events, of, left := p.translate(commits)
	taken, err := p.send(ctx, events)
	for _, l := range left {
		if l.due <= taken {
			p.log.Error("event not published", "stream", l.Stream.String(), "version", l.Version, "err", l.err)
		}
	}
	if err != nil {
		return &NotTakenError{Stream: of[taken], Version: events[taken].Version, Err: err}
	}
	return nil
}

// A leftOut event will never be published. It is said so when as many events are
// taken as are due.
type leftOut struct {
	eventstore.Recorded
	err error
	due int // up to the end of its commit
}

// translate returns what is to be published, of which streams, and what cannot be.
func (p *Publisher) translate(commits []eventstore.Commit) (events []Event, of []eventstore.StreamID, left []leftOut) {
	for _, c := range commits {
		source, ok := p.sources[c.Stream.Category]
		if !ok {
			continue
		}
		first := len(left)
		for r := range c.Recorded() {
			e, err := source.translate(r)
			if err == nil && e.Type == "" {
				continue
			}
			if err == nil && Fit([]Event{e}) == 0 {
				err = fmt.Errorf("%s is larger than the %d bytes that a bus takes; publish less of it, and a reference to the rest", e.Type, MostBytes)
			}
			if err != nil {
				left = append(left, leftOut{Recorded: r, err: err})
				continue
			}
			events, of = append(events, e), append(of, c.Stream)
		}
		for i := range left[first:] {
			left[first+i].due = len(events)
		}
	}
	return events, of, left
}
