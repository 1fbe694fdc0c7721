// Package orderlist is the view of all orders, one line each, newest first: of
// everybody or of one customer, in any status or in one, of all time or of one day.
package orderlist

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// View names the view.
const View = "order-list"

// A Line is one order in the list; its JSON is the wire's.
type Line struct {
	ID         order.ID           `json:"id"`
	CustomerID order.CustomerID   `json:"customerId"`
	Status     order.Status       `json:"status"`
	Total      domain.Money       `json:"total"`
	Version    eventstore.Version `json:"version"`
	PlacedAt   time.Time          `json:"placedAt"`
}

// A Day is one in UTC: "2026-11-26".
type Day string

// A Query says which lines are asked for.
type Query struct {
	Customer order.CustomerID // empty: of all
	Status   order.Status     // empty: in any
	Day      Day              // on which they were placed; empty: on any
	After    readmodel.Place  // zero: from the newest
	Limit    int              // 1 or more
}

// List returns the lines, newest first, never nil, and the place to go on after;
// nil when these were the last.
func List(ctx context.Context, rows readmodel.Store, tenant string, q Query) (lines []Line, next *readmodel.Place, err error) {
	page := readmodel.Page{View: View, Tenant: tenant, List: nameOf(q.Customer, q.Status), After: q.After, Limit: q.Limit + 1, Descending: true}
	if q.After == (readmodel.Place{}) {
		page.After = q.Day.end()
	}
	found, err := rows.List(ctx, page)
	if err != nil {
		return nil, nil, err
	}
	if i := slices.IndexFunc(found, q.Day.without); i >= 0 {
		found = found[:i]
	}
	if len(found) > q.Limit {
		found = found[:q.Limit]
		last := found[q.Limit-1]
		next = &readmodel.Place{Sort: last.Sort, ID: last.ID}
	}
	lines = make([]Line, len(found))
	for i, r := range found {
		if lines[i], err = line(r); err != nil {
			return nil, nil, err
		}
	}
	return lines, next, nil
}

// end returns the place after which, newest first, the day's lines stand; they
// are a stretch of every list, since each is in the order of its orders' times.
func (d Day) end() readmodel.Place {
	if d == "" {
		return readmodel.Place{}
	}
	return readmodel.Place{Sort: string(d) + "U"} // the letter after the T of [readmodel.SortTime]
}

// without reports whether a row is of another day.
func (d Day) without(r readmodel.Row) bool { return !strings.HasPrefix(r.Sort, string(d)) }

func line(r readmodel.Row) (Line, error) {
	var o row
	if err := json.Unmarshal(r.Data, &o); err != nil {
		return Line{}, fmt.Errorf("row %s of %s: %w", r.ID, r.View, err)
	}
	return Line{
		ID: order.ID(r.ID), CustomerID: o.CustomerID, Status: o.Status, Total: o.Total,
		Version: r.Applied[order.Category].Version(), PlacedAt: o.PlacedAt,
	}, nil
}
