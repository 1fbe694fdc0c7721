// Package stocklevels is the view of what is in stock: of every product that
// was ever received, how many pieces there are, and for whom.
package stocklevels

import (
	"context"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// View names the view.
const View = "stock-levels"

// A Level is one product's stock; its JSON is the wire's.
type Level struct {
	ProductID string             `json:"productId"`
	OnHand    int64              `json:"onHand"`
	Reserved  int64              `json:"reserved"`
	Available int64              `json:"available"`
	Version   eventstore.Version `json:"version"`
}

// Find returns a product's level, or false when the view has no receipt of it.
func Find(ctx context.Context, rows readmodel.Store, tenant, id string) (Level, bool, error) {
	r, err := rows.Get(ctx, readmodel.Key{View: View, Tenant: tenant, ID: id})
	if err != nil || len(r.Lists) == 0 {
		return Level{}, false, err
	}
	l, err := level(r)
	return l, err == nil, err
}

// List returns at most limit levels after a place, by product, never nil, and
// the place to go on after; nil when these were the last.
func List(ctx context.Context, rows readmodel.Store, tenant string, after readmodel.Place, limit int) (levels []Level, next *readmodel.Place, err error) {
	found, err := rows.List(ctx, readmodel.Page{View: View, Tenant: tenant, List: received, After: after, Limit: limit + 1})
	if err != nil {
		return nil, nil, err
	}
	if len(found) > limit {
		found = found[:limit]
		next = &readmodel.Place{Sort: found[limit-1].Sort, ID: found[limit-1].ID}
	}
	levels = make([]Level, len(found))
	for i, r := range found {
		if levels[i], err = level(r); err != nil {
			return nil, nil, err
		}
	}
	return levels, next, nil
}
