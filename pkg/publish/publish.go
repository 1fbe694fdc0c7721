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
	"errors"
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

// Most is how many events a bus takes at once.
const Most = 10

// A Bus takes events and hands them to whoever listens, at least once. The
// contract is the package bustest.
type Bus interface {
	// Publish takes at most [Most] events; more are an error. It returns the
	// indexes of those that it did not take, in ascending order; an error says
	// that nothing is known of any. What it took arrives, late or soon; what it
	// did not take may have arrived.
	Publish(ctx context.Context, events []Event) (failed []int, err error)
}

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

// How often events are sent again that the bus did not take, and after what
// pause; it doubles.
const (
	tries     = 4
	firstWait = 50 * time.Millisecond
)

// Publish publishes the commits in order. What the bus does not take is sent
// again, and it alone. It is an error that names the first event which the bus
// would not take: all before it are published, some after it may be. An event
// that cannot be read is said so once in the log, and not published.
func (p *Publisher) Publish(ctx context.Context, commits ...eventstore.Commit) error {
	var events []Event
	for _, c := range commits {
		source, ok := p.sources[c.Stream.Category]
		if !ok {
			continue
		}
		for r := range c.Recorded() {
			e, err := source.translate(r)
			if err != nil {
				p.log.Error("event not published", "stream", r.Stream.String(), "version", r.Version, "err", err)
			} else if e.Type != "" {
				events = append(events, e)
			}
		}
	}
	for len(events) > 0 {
		n := min(len(events), Most)
		if err := p.send(ctx, events[:n]); err != nil {
			return err
		}
		events = events[n:]
	}
	return nil
}

func (p *Publisher) send(ctx context.Context, events []Event) error {
	for try := range tries {
		failed, err := p.bus.Publish(ctx, events)
		if err == nil && len(failed) == 0 {
			return nil
		}
		if try == tries-1 {
			first := events[0]
			if err == nil {
				first, err = events[failed[0]], errNotTaken
			}
			return fmt.Errorf("publish %s of %s at version %d: %w", first.Type, first.Stream, first.Version, err)
		}
		if err == nil {
			left := make([]Event, len(failed))
			for i, n := range failed {
				left[i] = events[n]
			}
			events = left
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(firstWait << try):
		}
	}
	return nil
}

var errNotTaken = errors.New("the bus did not take it")
