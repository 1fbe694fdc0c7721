package journaltest

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel/journal"
)

type world struct {
	testing.TB
	Harness
	mu   sync.Mutex
	ends map[eventstore.StreamID]eventstore.Position
}

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func stream(tenant string, n int) eventstore.StreamID {
	return eventstore.StreamID{Tenant: tenant, Category: "lamp", ID: fmt.Sprintf("lamp-%d", n)}
}

// append appends one commit, and brings it.
func (w *world) append(s eventstore.StreamID, events int, at time.Time, data string) {
	w.Helper()
	w.arrive(w.write(s, events, at, data))
}

func (w *world) write(s eventstore.StreamID, events int, at time.Time, data string) eventstore.Commit {
	w.Helper()
	w.mu.Lock()
	end, known := w.ends[s]
	w.mu.Unlock()
	if !known {
		end = eventstore.NoStream(s)
	}
	c := eventstore.Commit{Command: eventstore.CommandID{Key: fmt.Sprintf("%s-%d", s.ID, end.Version())}, At: at, Snapshot: &eventstore.Snapshot{Schema: 1, Data: []byte(`{}`)}}
	for range events {
		c.Events = append(c.Events, eventstore.Event{Type: "lamp.switched.v1", Data: json.RawMessage(data), Actor: "client"})
	}
	c, err := w.Events.Append(w.Context(), s, end, c)
	if err != nil {
		w.Fatal(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ends == nil {
		w.ends = make(map[eventstore.StreamID]eventstore.Position)
	}
	w.ends[s] = c.End()
	return c
}

func (w *world) arrive(commits ...eventstore.Commit) {
	w.Helper()
	if w.Arrive == nil {
		return
	}
	if err := w.Arrive(w.Context(), commits...); err != nil {
		w.Fatal(err)
	}
}

// A reader remembers what it has read of each stream.
type reader struct {
	*world
	tenant  string
	at      journal.Cursor
	seen    map[eventstore.StreamID]eventstore.Version
	commits int
}

func (w *world) reader(tenant string) *reader {
	return &reader{world: w, tenant: tenant, seen: make(map[eventstore.StreamID]eventstore.Version)}
}

// read reads one page, and reports whether it was not at the end.
func (r *reader) read(limit int, since time.Time) bool {
	r.Helper()
	entries, next, err := r.Journal.Read(r.Context(), journal.Page{Tenant: r.tenant, After: r.at, Since: since, Limit: limit})
	if err != nil {
		r.Fatal(err)
	}
	if len(entries) > limit {
		r.Errorf("%d entries, of %d at most", len(entries), limit)
	}
	last := r.at
	for _, e := range entries {
		c := e.Commit
		if c.Stream.Tenant != r.tenant || c.Snapshot != nil || e.Place == 0 {
			r.Errorf("got %+v", e)
		}
		if since.IsZero() && c.First != r.seen[c.Stream]+1 {
			r.Errorf("of %s, %d follows %d", c.Stream, c.First, r.seen[c.Stream])
		}
		if last.Holds(e) || !e.Cursor.Holds(e) {
			r.Errorf("the cursor before %s holds it, or the one after does not", c.Stream)
		}
		last, r.seen[c.Stream] = e.Cursor, c.Last()
		r.commits++
	}
	if len(entries) == limit && !next.Equal(last) {
		r.Errorf("a full page goes on at %v, its last entry at %v", next, last)
	}
	back, ok := journal.Parse(r.tenant, next.Text(r.tenant))
	if !ok || !back.Equal(next) {
		r.Errorf("%v does not survive its text", next)
	}
	moved := !next.Equal(r.at)
	if len(entries) > 0 && !moved {
		r.Fatal("entries, and the cursor stands still")
	}
	r.at = back
	return moved
}

func (r *reader) readAll(limit int, since time.Time) {
	r.Helper()
	for pages := 0; r.read(limit, since); pages++ {
		if pages > 10_000 {
			r.Fatal("it has no end")
		}
	}
}
