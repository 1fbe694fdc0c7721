package fulfilments

import (
	"context"
	"time"

	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/saga"
)

// A Line is the fulfilment of one order in the list; its JSON is the wire's.
type Line struct {
	ID          order.ID           `json:"id"`
	Status      Status             `json:"status"`
	SubmittedAt time.Time          `json:"submittedAt"`
	Version     eventstore.Version `json:"version"` // of its memo; 0 before the first step ended
	Steps       []Step             `json:"steps"`   // never null
}

// A Query says which lines are asked for.
type Query struct {
	Status Status          // empty: in any
	After  readmodel.Place // zero: from the newest
	Limit  int             // 1 or more
}

// List returns the lines, newest submitted first, never nil, and the place to go on after;
// nil when these were the last.
func List(ctx context.Context, rows readmodel.Store, tenant string, q Query) (lines []Line, next *readmodel.Place, err error) {
	page := readmodel.Page{View: View, Tenant: tenant, List: nameOf(q.Status), After: q.After, Limit: q.Limit, Descending: true}
	return walk(ctx, rows, page, func(r readmodel.Row, f row) Line {
		return Line{
			ID: order.ID(r.ID), Status: f.status(), SubmittedAt: f.SubmittedAt,
			Version: r.Applied[Category].Version(), Steps: f.steps(),
		}
	})
}

// An Open run has not ended, or not begun.
type Open struct {
	saga.Run
	Status      saga.Status
	SubmittedAt time.Time
}

// ListOpen returns at most limit runs that have not ended, longest waiting
// first, and the place to go on after; nil when these were the last.
func ListOpen(ctx context.Context, rows readmodel.Store, tenant string, after readmodel.Place, limit int) (runs []Open, next *readmodel.Place, err error) {
	page := readmodel.Page{View: View, Tenant: tenant, List: open, After: after, Limit: limit}
	return walk(ctx, rows, page, func(r readmodel.Row, f row) Open {
		return Open{Run: saga.Run{ID: r.ID, Correlation: f.Correlation}, Status: f.status(), SubmittedAt: f.SubmittedAt}
	})
}

// walk returns what show makes of the rows of a page.
func walk[T any](ctx context.Context, rows readmodel.Store, page readmodel.Page, show func(readmodel.Row, row) T) (all []T, next *readmodel.Place, err error) {
	limit := page.Limit
	page.Limit++
	found, err := rows.List(ctx, page)
	if err != nil {
		return nil, nil, err
	}
	if len(found) > limit {
		found = found[:limit]
		next = &readmodel.Place{Sort: found[limit-1].Sort, ID: found[limit-1].ID}
	}
	all = make([]T, len(found))
	for i, r := range found {
		f, err := decode(r)
		if err != nil {
			return nil, nil, err
		}
		all[i] = show(r, f)
	}
	return all, next, nil
}
