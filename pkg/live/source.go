package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel/journal"
)

// A Source reads what has happened about a topic: what somebody missed as well as
// what is new. It is safe for concurrent use.
type Source struct {
	Tenant  string
	Events  eventstore.Store
	Journal journal.Store

	mu        sync.Mutex
	customers map[string]order.CustomerID // by order, of late; whose an order is never changes
}

// A Place is where somebody stands in a topic.
type Place struct {
	text     string
	position eventstore.Position // in a stream
	cursor   journal.Cursor      // in the journal
}

// Cursor is the place as clients keep it.
func (p Place) Cursor() string { return p.text }

// Holds reports whether a message of the topic is not after the place.
func (p Place) Holds(m *Message) bool {
	if m.entry != nil {
		return p.cursor.Holds(*m.entry)
	}
	return m.Place.position.Version() <= p.position.Version()
}

func (s *Source) inJournal(c journal.Cursor) Place { return Place{text: c.Text(s.Tenant), cursor: c} }

func inStream(p eventstore.Position) Place {
	return Place{text: strconv.FormatUint(uint64(p.Version()), 10), position: p}
}

// Begin returns the place that a client names. In a stream it is a version, and
// none is before the first event; elsewhere it is a cursor of the journal, and none
// is its end as it is now. What is no place is a [*Refusal].
func (s *Source) Begin(ctx context.Context, t Topic, after string) (Place, error) {
	if stream, ok := t.stream(s.Tenant); ok {
		return s.beginStream(ctx, stream, after)
	}
	if after == "" {
		end, err := s.Journal.End(ctx, s.Tenant)
		return s.inJournal(end), err
	}
	cursor, ok := journal.Parse(s.Tenant, after)
	if ok {
		_, _, err := s.Journal.Read(ctx, journal.Page{Tenant: s.Tenant, After: cursor, Limit: 1})
		if ok = !errors.Is(err, journal.ErrNoPlace); ok && err != nil {
			return Place{}, err
		}
	}
	if !ok {
		return Place{}, refuse("cursor.unknown", "after: no cursor of %s; leave it out to begin now", t)
	}
	return s.inJournal(cursor), nil
}

// schemas says under which schema a category's snapshots are read: a stream that
// may be long is not read from its beginning to find a version.
var schemas = map[string]int{order.Category: order.Aggregate.Schema, stock.Category: stock.Aggregate.Schema}

func (s *Source) beginStream(ctx context.Context, stream eventstore.StreamID, after string) (Place, error) {
	if after == "" {
		after = "0"
	}
	n, err := strconv.ParseUint(after, 10, 63)
	if err != nil || strconv.FormatUint(n, 10) != after {
		return Place{}, refuse("cursor.unknown", "after: a version of the stream, 0 or more, in digits")
	}
	version, end := eventstore.Version(n), eventstore.NoStream(stream)
	if version == eventstore.Empty {
		return inStream(end), nil
	}
	commits, err := s.Events.Load(ctx, stream, version, schemas[stream.Category])
	if err != nil {
		return Place{}, err
	}
	if len(commits) > 0 {
		end = commits[len(commits)-1].End()
	}
	if end.Version() < version { // the load may be stale
		for c, err := range s.Events.Read(ctx, stream, end) {
			if err != nil {
				return Place{}, err
			}
			if end = c.End(); end.Version() >= version {
				break
			}
		}
	}
	if end.Version() != version {
		return Place{}, refuse("cursor.unknown", "after: %s has no commit that ends at version %d", Topic(stream.Category+"/"+stream.ID), version)
	}
	return inStream(end), nil
}

// mostAtOnce is how many messages Next reads at most.
const mostAtOnce = 100

// Next returns messages after a place, and the place to go on from: the same one
// when there was nothing.
func (s *Source) Next(ctx context.Context, t Topic, from Place) (messages []*Message, to Place, err error) {
	if stream, ok := t.stream(s.Tenant); ok {
		for c, err := range s.Events.Read(ctx, stream, from.position) {
			if err != nil {
				return nil, from, err
			}
			m, err := s.ofStream(t, c)
			if err != nil {
				return nil, from, err
			}
			if messages, from = append(messages, m), m.Place; len(messages) == mostAtOnce {
				break
			}
		}
		return messages, from, nil
	}
	entries, next, err := s.Journal.Read(ctx, journal.Page{Tenant: s.Tenant, After: from.cursor, Limit: mostAtOnce})
	if err != nil {
		return nil, from, err
	}
	for _, e := range entries {
		m, err := s.Tell(ctx, t, e)
		if err != nil {
			return nil, from, err
		}
		if m != nil {
			messages = append(messages, m)
		}
	}
	return messages, s.inJournal(next), nil
}

// Tell returns the message of an entry of the journal to a topic, nil where the
// topic is of something else.
func (s *Source) Tell(ctx context.Context, t Topic, e journal.Entry) (*Message, error) {
	c := e.Commit
	if stream, ok := t.stream(s.Tenant); ok {
		if c.Stream != stream {
			return nil, nil
		}
		return s.ofStream(t, c)
	}
	if t != Everything {
		customer, err := s.CustomerOf(ctx, c)
		if err != nil || customer == "" || t != CustomerTopic(customer) {
			return nil, err
		}
	}
	return message(t, c, s.inJournal(e.Cursor), &e)
}

func (s *Source) ofStream(t Topic, c eventstore.Commit) (*Message, error) {
	return message(t, journal.Shown(c), inStream(c.End()), nil)
}

// mostCustomers is of how many orders it is remembered whose they are.
const mostCustomers = 10_000

// CustomerOf returns whose order a commit is of; empty when it is of no order.
func (s *Source) CustomerOf(ctx context.Context, c eventstore.Commit) (order.CustomerID, error) {
	if c.Stream.Category != order.Category {
		return "", nil
	}
	s.mu.Lock()
	customer, known := s.customers[c.Stream.ID]
	s.mu.Unlock()
	if known {
		return customer, nil
	}
	for first, err := range s.Events.Read(ctx, c.Stream, eventstore.NoStream(c.Stream)) {
		if err != nil {
			return "", err
		}
		e, err := order.Events.Decode(first.Events[0].Type, first.Events[0].Data)
		placed, ok := e.(order.Placed)
		if err != nil || !ok {
			return "", nil // where views stop at it, the stream is reported
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.customers == nil || len(s.customers) == mostCustomers {
			s.customers = make(map[string]order.CustomerID)
		}
		s.customers[c.Stream.ID] = placed.CustomerID
		return placed.CustomerID, nil
	}
	return "", nil
}

// largestMessage is what a message with its events has at most, in bytes: no more
// fits into a frame of API Gateway.
const largestMessage = 32 << 10

// A Message tells of one commit.
type Message struct {
	Place Place // after it
	Text  []byte

	entry *journal.Entry // where its place is one in the journal
}

// told is the form of a message. What is too large has a reference instead of its
// events.
type told struct {
	Topic  Topic  `json:"topic"`
	Cursor string `json:"cursor"`
	journal.Record
	Reference string `json:"reference,omitempty"`
}

func message(t Topic, c eventstore.Commit, at Place, e *journal.Entry) (*Message, error) {
	say := told{Topic: t, Cursor: at.text, Record: journal.RecordOf(c)}
	text, err := json.Marshal(say)
	if err == nil && len(text) > largestMessage {
		say.Events, say.Reference = nil, "/journal"
		if c.Stream.Category == order.Category {
			say.Reference = "/orders/" + c.Stream.ID + "/events"
		}
		text, err = json.Marshal(say)
	}
	if err != nil {
		return nil, fmt.Errorf("message of %s: %w", c.Stream, err)
	}
	return &Message{Place: at, Text: text, entry: e}, nil
}
