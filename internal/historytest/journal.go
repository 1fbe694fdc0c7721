package historytest

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"

	"pgregory.net/rapid"

	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel/journal"
)

// A Reader reads a journal while commits arrive in it, in pages of any size, and
// holds it against the history. Now and then it ends in the middle of a page, and
// goes on from the text of the last cursor that it kept.
type Reader struct {
	journal journal.Store
	h       *History
	streams map[eventstore.StreamID][]eventstore.Commit
	rand    *rand.Rand
	now     progress
	kept    progress
	cursor  string // text of the kept one
}

// A progress is how far a reader has come.
type progress struct {
	at   journal.Cursor
	read map[eventstore.StreamID]int // commits
	n    int                         // of all streams
}

// Reader draws a reader that begins at a cursor.
func (h *History) Reader(t *rapid.T, j journal.Store, from journal.Cursor) *Reader {
	r := &Reader{
		journal: j, h: h, streams: make(map[eventstore.StreamID][]eventstore.Commit),
		rand: rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "reader"), 0)),
		now:  progress{at: from, read: make(map[eventstore.StreamID]int)},
	}
	for _, c := range h.Commits {
		r.streams[c.Stream] = append(r.streams[c.Stream], c)
	}
	r.keep()
	return r
}

func (r *Reader) keep() {
	r.kept, r.cursor = r.now, r.now.at.Text(r.h.Tenant)
	r.kept.read = maps.Clone(r.now.read)
}

// Restart goes on from what was kept, in a journal that may have been opened anew.
func (r *Reader) Restart(t *rapid.T, j journal.Store) {
	at, ok := journal.Parse(r.h.Tenant, r.cursor)
	if !ok {
		t.Fatalf("journal: the cursor %v has the text %q, which is none", r.kept.at, r.cursor)
	}
	r.journal, r.now = j, r.kept
	r.now.at, r.now.read = at, maps.Clone(r.kept.read)
}

// Read reads a page, and reports whether there was any more.
func (r *Reader) Read(t *rapid.T) bool {
	limit := 1 + r.rand.IntN(20)
	page, next, err := r.journal.Read(context.Background(), journal.Page{Tenant: r.h.Tenant, After: r.now.at, Limit: limit})
	if err != nil || len(page) > limit {
		t.Fatalf("journal: a page of %d after %v: %d entries, %v", limit, r.now.at, len(page), err)
	}
	more := len(page) > 0 || !next.Equal(r.now.at)
	ends := len(page) > 0 && r.rand.IntN(5) == 0
	if ends {
		page = page[:1+r.rand.IntN(len(page))]
		next = page[len(page)-1].Cursor
	}
	for _, e := range page {
		r.take(t, e)
	}
	if !next.Equal(r.now.at) {
		t.Fatalf("journal: the cursor after a page is %v, and %v after its last entry", next, r.now.at)
	}
	if r.rand.IntN(3) == 0 {
		r.keep()
	}
	if ends {
		r.Restart(t, r.journal)
	}
	return more
}

// take holds an entry against the history: it is the next commit of its stream, at
// the next place of its segment.
func (r *Reader) take(t *rapid.T, e journal.Entry) {
	if want := r.now.at.At(e.Segment) + 1; e.Place != want || !e.Cursor.Equal(r.now.at.To(e.Segment, want, max(len(r.now.at), len(e.Cursor)))) {
		t.Fatalf("journal: after %v comes place %d of segment %d, with the cursor %v", r.now.at, e.Place, e.Segment, e.Cursor)
	}
	s, read := e.Commit.Stream, r.now.read[e.Commit.Stream]
	if read == len(r.streams[s]) {
		t.Fatalf("journal: %s has %d commits, and then came %s", s, read, text(e.Commit))
	}
	if want := r.streams[s][read]; !shows(e.Commit, want) {
		t.Fatalf("journal, at %d of segment %d: got %s\nwant %s without its recipient", e.Place, e.Segment, text(e.Commit), text(want))
	}
	r.now.at, r.now.read[s], r.now.n = e.Cursor, read+1, r.now.n+1
}

// ReadAll reads to the end, where all commits have been read.
func (r *Reader) ReadAll(t *rapid.T) {
	for r.Read(t) {
	}
	for s, all := range r.streams {
		if read := r.now.read[s]; read < len(all) {
			t.Fatalf("journal: it ends at %v after %d of %d commits, and the first that is missing of %s is %s", r.now.at, r.now.n, len(r.h.Commits), s, text(all[read]))
		}
	}
	if end, err := r.journal.End(context.Background(), r.h.Tenant); err != nil || !end.Equal(r.now.at) {
		t.Fatalf("journal: it is read to %v, and its end is %v, %v", r.now.at, end, err)
	}
}

// shows reports whether an entry is the commit, but that it does not say for whom
// an order is.
func shows(entry, c eventstore.Commit) bool {
	if len(entry.Events) != len(c.Events) {
		return false
	}
	entry.Events = slices.Clone(entry.Events)
	for i, e := range c.Events {
		if e.Type != (order.Placed{}).EventType() {
			continue
		}
		var got, want map[string]any
		if errors.Join(json.Unmarshal(entry.Events[i].Data, &got), json.Unmarshal(e.Data, &want)) != nil {
			return false
		}
		if delete(want, "recipient"); !reflect.DeepEqual(got, want) {
			return false
		}
		entry.Events[i].Data = e.Data
	}
	return reflect.DeepEqual(entry, c)
}
