// Package readmodel is the port to where views are kept: rows that projections
// write and queries read. Every row can be thrown away and folded again from
// the events.
//
// Its contract is executable: package viewtest holds every law that is stated
// here.
package readmodel

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// A Key names a row.
type Key struct {
	View   string // "order-details"
	Tenant string
	ID     string // of the thing the row shows, such as an order's id
}

// A Row is one thing's line in a view.
type Row struct {
	Key
	// Revision counts how often the row was written; 0: it is not there.
	Revision int64
	// Applied is what the row has folded in, a position for each category that
	// feeds it.
	Applied map[string]eventstore.Position
	// Data is the view's own, as JSON.
	Data json.RawMessage
	// Lists names the lists of the view that the row stands in, such as "all"
	// and "customer/cust-1". Sort is its place there; rows of equal Sort stand
	// by their ID.
	Lists []string
	Sort  string
	// Sums is all that the row contributes to sums. A row that is put again with
	// others contributes those instead.
	Sums []Sum
}

// SortTime is the form of a time in UTC as a Sort: its texts sort as times do.
const SortTime = "2006-01-02T15:04:05.000000000"

// A Page asks for a part of one list, in the order of (Sort, ID).
type Page struct {
	View       string
	Tenant     string
	List       string
	After      Place // begins after this place; the zero Place is before everything
	Limit      int   // rows at most, 1 or more
	Descending bool
}

// A Place in a list: that of the row with this Sort and ID, whether it is still
// there or not.
type Place struct{ Sort, ID string }

// A Store keeps rows. Its methods are safe for concurrent use. All errors but
// ErrRace are faults.
type Store interface {
	// Get returns the row, or one with Revision 0 when it is not there. It sees
	// every Put that returned before.
	Get(ctx context.Context, key Key) (Row, error)
	// Put writes the row whole, and counts its revision up, if its stored
	// revision is still row.Revision (0: it is still not there). Otherwise it
	// writes nothing and returns ErrRace.
	//
	// Sums change in the same moment, by what the row contributes now less what
	// it did before. Where that is more than a store changes at once, 50 sums or
	// more, some change before the row does: they show when the put is cut off,
	// and until the next put of the row, which takes them into account. A sum
	// that [Sum.Check] refuses is its [*eventstore.InvalidError].
	Put(ctx context.Context, row Row) error
	// List returns the rows of one page. Following pages from the last row's
	// place skips and repeats no row that stays in the list.
	List(ctx context.Context, page Page) ([]Row, error)
	// Totals returns sums of one group. It sees every Put that returned before,
	// but for a ranking (Group.Top), which may miss those of the last moment.
	Totals(ctx context.Context, group Group) ([]Total, error)
}

// ErrRace: somebody else wrote the row since it was read.
var ErrRace = errors.New("row was written by somebody else")
