package projection_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// Events that a tally is kept of, and some that it cannot keep.
type (
	added  struct{ N int }
	noted  struct{} // no rule
	vetoed struct{} // its rule refuses
	burst  struct{} // its rule panics
)

func (added) EventType() string  { return "added.v1" }
func (noted) EventType() string  { return "noted.v1" }
func (vetoed) EventType() string { return "vetoed.v1" }
func (burst) EventType() string  { return "burst.v1" }

var (
	events  = domain.NewRegistry[domain.Typed](added{}, noted{}, vetoed{}, burst{})
	errVeto = errors.New("vetoed")
)

// A tally tells every addition that it has seen, so that none comes twice or in
// another order unseen.
type tally struct{ Seen []string }

func (t *tally) added(e added, at eventstore.Recorded) error {
	t.Seen = append(t.Seen, fmt.Sprintf("%s@%d:%d", at.Stream.Category, at.Version, e.N))
	return nil
}

func (t *tally) vetoed(vetoed, eventstore.Recorded) error {
	t.Seen = append(t.Seen, "half a veto")
	return errVeto
}

func (t *tally) burst(burst, eventstore.Recorded) error {
	t.Seen = append(t.Seen, "half a burst")
	panic("burst")
}

func (t tally) place() ([]string, string) { return []string{"all"}, fmt.Sprintf("%04d", len(t.Seen)) }

func source(category string) projection.Source[tally] {
	return projection.From(category, events,
		projection.On((*tally).added), projection.On((*tally).vetoed), projection.On((*tally).burst))
}

// A world is a view of tallies, kept of two categories, over stores that count.
type world struct {
	testing.TB
	events *countedEvents
	rows   *countedRows
	view   *projection.Projection[tally]
}

func newWorld(t testing.TB) *world {
	w := &world{TB: t, events: new(countedEvents), rows: &countedRows{Views: boltstore.NewViews()}}
	w.view = projection.New("tally", w.rows, w.events, tally.place, source("left"), source("right"))
	return w
}

func stream(category, id string) eventstore.StreamID {
	return eventstore.StreamID{Tenant: "t", Category: category, ID: id}
}

// append adds one commit to the stream, and returns it.
func (w *world) append(s eventstore.StreamID, happened ...domain.Typed) eventstore.Commit {
	w.Helper()
	end := eventstore.NoStream(s)
	for c, err := range w.events.Store.Read(w.Context(), s, end) {
		if err != nil {
			w.Fatal(err)
		}
		end = c.End()
	}
	c := eventstore.Commit{Command: eventstore.CommandID{Key: fmt.Sprintf("%s@%d", s, end.Version())}}
	for _, e := range happened {
		e := stored(e)
		c.Events = append(c.Events, e)
	}
	c, err := w.events.Append(w.Context(), s, end, c)
	if err != nil {
		w.Fatal(err)
	}
	return c
}

// raw is an event stored by another program.
type raw eventstore.Event

func (r raw) EventType() string { return r.Type }

func stored(e domain.Typed) eventstore.Event {
	if r, ok := e.(raw); ok {
		return eventstore.Event(r)
	}
	name, data, err := events.Encode(e)
	if err != nil {
		panic(err)
	}
	return eventstore.Event{Type: name, Data: data}
}

// apply fails the test unless it works.
func (w *world) apply(commits ...eventstore.Commit) {
	w.Helper()
	if err := w.view.Apply(w.Context(), commits...); err != nil {
		w.Fatal(err)
	}
}

// expect checks the row: what it has seen, and up to which versions of left and
// right.
func (w *world) expect(id string, left, right eventstore.Version, seen ...string) {
	w.Helper()
	row, err := w.rows.Views.Get(w.Context(), readmodel.Key{View: "tally", Tenant: "t", ID: id})
	if err != nil {
		w.Fatal(err)
	}
	var got tally
	if row.Revision > 0 {
		if err := json.Unmarshal(row.Data, &got); err != nil {
			w.Fatal(err)
		}
	}
	if !reflect.DeepEqual(got, tally{seen}) || row.Applied["left"].Version() != left || row.Applied["right"].Version() != right {
		w.Errorf("%s: got %v, applied %v\nwant %v, %d and %d", id, got.Seen, row.Applied, seen, left, right)
	}
}

type countedEvents struct {
	memstore.Store
	reads atomic.Int64
}

func (c *countedEvents) Read(ctx context.Context, s eventstore.StreamID, after eventstore.Position) iter.Seq2[eventstore.Commit, error] {
	c.reads.Add(1)
	return c.Store.Read(ctx, s, after)
}

type countedRows struct {
	*boltstore.Views
	mu         sync.Mutex
	gets, puts int
	fail       func(op string, key readmodel.Key) error // nil: nothing fails
}

func (c *countedRows) Get(ctx context.Context, key readmodel.Key) (readmodel.Row, error) {
	if err := c.count(&c.gets, "get", key); err != nil {
		return readmodel.Row{}, err
	}
	return c.Views.Get(ctx, key)
}

func (c *countedRows) Put(ctx context.Context, row readmodel.Row) error {
	if err := c.count(&c.puts, "put", row.Key); err != nil {
		return err
	}
	return c.Views.Put(ctx, row)
}

func (c *countedRows) count(n *int, op string, key readmodel.Key) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	*n++
	if c.fail != nil {
		return c.fail(op, key)
	}
	return nil
}
