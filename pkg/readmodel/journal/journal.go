// Package journal is the view of everything that happened to a tenant, in pages:
// for replay, for audit, and for whoever wants to be told what happens.
//
// Each stream belongs to one segment, and each commit has a place in it, counted
// from 1 without a gap, in the order in which the commits arrived. Whoever has read
// a segment up to a place has read all before it for ever: what arrives late comes
// behind. So a cursor, which is a place in each segment, neither misses nor repeats
// anything. Of one stream the order is that of its versions; of several it is that
// of arrival in one segment, and none between segments.
//
// Its contract is executable: package journaltest.
package journal

import (
	"context"
	"errors"
	"time"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// View names the view.
const View = "journal"

// An Entry is a commit at its place.
type Entry struct {
	// Commit is what was appended, as [Shown] has it.
	Commit  eventstore.Commit
	Segment int
	Place   uint64 // in the segment, from 1
	// Cursor is where to go on after the entry, for who has come to it from the
	// cursor that was asked for.
	Cursor Cursor
}

// A Page asks for a part of the journal.
type Page struct {
	Tenant string
	After  Cursor
	// Since leaves out what was committed before it. The zero time leaves out
	// nothing.
	Since time.Time
	// Limit is how many entries there are at most, 1 or more. There are fewer where
	// they are large.
	Limit int
}

// A Store keeps the journal. Its methods are safe for concurrent use. All errors
// but ErrNoPlace are faults.
type Store interface {
	// Read returns entries after a cursor, and where to go on: always further than
	// before, also where everything that it passed was left out, unless it is at
	// the end. The end is there when no entry comes and the cursor is the one that
	// was asked for. A cursor in front of the end, or of other segments, is
	// [ErrNoPlace].
	Read(ctx context.Context, page Page) ([]Entry, Cursor, error)
	// End returns the cursor after everything that is in the journal now.
	End(ctx context.Context, tenant string) (Cursor, error)
	// Complete returns a time such that what was appended, to the end, before it is
	// in the journal; the zero time where nobody can tell. What was still being
	// appended may have an earlier commit time: it comes late, behind every cursor.
	Complete(ctx context.Context, tenant string) (time.Time, error)
}

// ErrNoPlace: a cursor that this journal cannot have given out.
var ErrNoPlace = errors.New("cursor is of no place in the journal")
