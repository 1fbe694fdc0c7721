package stream

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// ParkedStreams are what the views skip, as their marks say it.
type ParkedStreams struct {
	rows  readmodel.Store
	views []projection.View
}

// NewParkedStreams returns what all views skip, which are those of [NewProjector].
func NewParkedStreams(rows readmodel.Store, others ...projection.View) *ParkedStreams {
	return &ParkedStreams{rows: rows, views: views(rows, nil, others)} // they are asked, and fold nothing
}

// Views returns the names of the views.
func (p *ParkedStreams) Views() (names []string) {
	for _, v := range p.views {
		names = append(names, v.View())
	}
	return names
}

// markPage is how many marks are read at once.
const markPage = 100

// List returns what is skipped of a tenant's streams, newest first, at most limit.
// A mark stays when its stream is mended, so each is held against its view: where
// that has the event, the stream is not parked there.
func (p *ParkedStreams) List(ctx context.Context, tenant string, limit int) (parked []projection.Parked, err error) {
	page := readmodel.Page{View: ParkedView, Tenant: tenant, List: ParkedList, Limit: markPage, Descending: true}
	for {
		rows, err := p.rows.List(ctx, page)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			at, still, err := p.read(ctx, row)
			if err != nil {
				return nil, err
			}
			if still {
				parked = append(parked, at)
			}
			if len(parked) == limit {
				return parked, nil
			}
			page.After = readmodel.Place{Sort: row.Sort, ID: row.ID}
		}
		if len(rows) < markPage {
			return parked, nil
		}
	}
}

// read returns what a mark says, and whether it is so still. A mark of a view that
// is no more says nothing.
func (p *ParkedStreams) read(ctx context.Context, row readmodel.Row) (at projection.Parked, still bool, err error) {
	var m Mark
	err = json.Unmarshal(row.Data, &m)
	if err == nil {
		at = projection.Parked{View: m.View, Version: m.Version, Reason: m.Reason, At: m.At}
		at.Stream, err = eventstore.ParseStreamID(m.Stream)
	}
	if err != nil {
		return at, false, fmt.Errorf("row %s of %s: %w", row.ID, row.View, err)
	}
	for _, v := range p.views {
		if v.View() == m.View {
			has, err := v.Has(ctx, at.Stream, at.Version)
			return at, !has, err
		}
	}
	return at, false, nil
}
