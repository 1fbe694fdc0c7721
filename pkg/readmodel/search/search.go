// Package search is the view in which orders are found by words: of their
// customer and recipient, their products, their tracking number, and the reason
// for which they were cancelled.
//
// Ranks would differ from engine to engine, so there are none: an order is found
// or not, and what is found comes newest first.
package search

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/orderlist"
)

// View names the view.
const View = "search"

// Form counts the forms that rows and their words have had. Rows of another form
// are to be made anew.
const Form = 1

// An Index keeps the rows of the view; their lists are their words. The contract
// is package searchtest.
type Index interface {
	// Get is that of a [readmodel.Store].
	Get(ctx context.Context, key readmodel.Key) (readmodel.Row, error)
	// Put is that of a [readmodel.Store].
	Put(ctx context.Context, row readmodel.Row) error
	// Find returns the rows of one page. Following pages from the last row's
	// place skips and repeats no row that keeps its words.
	Find(ctx context.Context, page Page) ([]readmodel.Row, error)
}

// A Page asks for a part of the rows that hold all of the words, in descending
// order of (Sort, ID). A row that has words has a Sort.
type Page struct {
	Tenant string
	Words  []string        // one or more, as [Words] returns them
	After  readmodel.Place // begins after this place; zero: at the greatest
	Limit  int             // rows at most, 1 or more
}

// A Hit is an order that was found; its JSON is the wire's.
type Hit struct {
	orderlist.Line
	Matched []string `json:"matched"` // fields of the order that hold a word that was asked for
}

// A Query says what is asked for.
type Query struct {
	Text  string          // in which [Words] finds some
	After readmodel.Place // zero: from the newest
	Limit int             // 1 or more
}

// Find returns the orders that hold all words of the text, newest first, and the
// place to go on after; nil when these were the last.
func Find(ctx context.Context, index Index, tenant string, q Query) (hits []Hit, next *readmodel.Place, err error) {
	wanted := Words(q.Text)
	found, err := index.Find(ctx, Page{Tenant: tenant, Words: wanted, After: q.After, Limit: q.Limit + 1})
	if err != nil {
		return nil, nil, err
	}
	if len(found) > q.Limit {
		found = found[:q.Limit]
		last := found[q.Limit-1]
		next = &readmodel.Place{Sort: last.Sort, ID: last.ID}
	}
	hits = make([]Hit, len(found))
	for i, r := range found {
		var o row
		if err := json.Unmarshal(r.Data, &o); err != nil {
			return nil, nil, fmt.Errorf("row %s of %s: %w", r.ID, View, err)
		}
		hits[i] = Hit{
			Line: orderlist.Line{
				ID: order.ID(r.ID), CustomerID: o.CustomerID, Status: o.Status, Total: o.Total,
				Version: r.Applied[order.Category].Version(), PlacedAt: o.PlacedAt,
			},
			Matched: o.matched(wanted),
		}
	}
	return hits, next, nil
}
