package httpapi_test

import (
	"context"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel/fulfilments"
	"github.com/daybook-es/daybook/pkg/readmodel/orderdetails"
	"github.com/daybook-es/daybook/pkg/readmodel/orderlist"
	"github.com/daybook-es/daybook/pkg/readmodel/sales"
	"github.com/daybook-es/daybook/pkg/readmodel/stocklevels"
)

// views holds the real rows; they are brought up to date when somebody waits
// for them.
type views struct {
	*boltstore.Views
	events      eventstore.Store
	projections []projection.View
}

func newViews(events eventstore.Store) *views {
	rows := boltstore.NewViews()
	return &views{Views: rows, events: events, projections: []projection.View{
		orderdetails.New(rows, events), orderlist.New(rows, events), stocklevels.New(rows, events), fulfilments.New(rows, events),
		sales.New(rows, events),
	}}
}

func (v *views) settled(ctx context.Context) error {
	for c, err := range v.events.Scan(ctx, 0, 1) {
		if err != nil {
			return err
		}
		for _, p := range v.projections {
			if err := p.Apply(ctx, c); err != nil {
				return err
			}
		}
	}
	return nil
}
