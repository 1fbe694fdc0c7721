// Package fulfilments is the view of how each submitted order is fulfilled: its
// steps as they ended, and, for who starts runs, those that have not ended.
package fulfilments

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/saga"
)

// View names the view.
const View = "fulfilments"

// A Fulfilment is how an order is fulfilled; its JSON is the wire's.
type Fulfilment struct {
	Status saga.Status `json:"status"`
	Steps  []Step      `json:"steps"` // never null

	Version eventstore.Version `json:"-"` // of its memo; 0 before the first step ended
}

// Begun is the fulfilment of an order that was submitted, until a step ends.
var Begun = Fulfilment{Status: saga.Running, Steps: []Step{}}

// A Step is a step or a compensation that ended.
type Step struct {
	Name      string          `json:"name"`
	Status    saga.StepStatus `json:"status"`
	Attempts  int             `json:"attempts"`
	StartedAt time.Time       `json:"startedAt"`
	EndedAt   time.Time       `json:"endedAt"`
	Error     *Error          `json:"error"`
}

// An Error is why a step did not succeed.
type Error struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// Find returns the fulfilment of an order, or false when it was not submitted.
func Find(ctx context.Context, rows readmodel.Store, tenant, id string) (Fulfilment, bool, error) {
	r, err := rows.Get(ctx, readmodel.Key{View: View, Tenant: tenant, ID: id})
	if err != nil || r.Revision == 0 {
		return Fulfilment{}, false, err
	}
	f, err := decode(r)
	if err != nil || f.SubmittedAt.IsZero() {
		return Fulfilment{}, false, err
	}
	got := Fulfilment{Status: f.status(), Steps: make([]Step, len(f.Memo.Steps)), Version: r.Applied[fulfilment.Category].Version()}
	for i, o := range f.Memo.Steps {
		got.Steps[i] = Step{Name: o.Step, Status: o.Status, Attempts: o.Attempts, StartedAt: o.StartedAt, EndedAt: o.EndedAt}
		if o.Error != nil {
			got.Steps[i].Error = &Error{Code: o.Error.Code, Detail: o.Error.Detail}
		}
	}
	return got, true, nil
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
	found, err := rows.List(ctx, readmodel.Page{View: View, Tenant: tenant, List: open, After: after, Limit: limit + 1})
	if err != nil {
		return nil, nil, err
	}
	if len(found) > limit {
		found = found[:limit]
		next = &readmodel.Place{Sort: found[limit-1].Sort, ID: found[limit-1].ID}
	}
	for _, r := range found {
		f, err := decode(r)
		if err != nil {
			return nil, nil, err
		}
		runs = append(runs, Open{Run: saga.Run{ID: r.ID, Correlation: f.Correlation}, Status: f.status(), SubmittedAt: f.SubmittedAt})
	}
	return runs, next, nil
}

func decode(r readmodel.Row) (row, error) {
	var f row
	if err := json.Unmarshal(r.Data, &f); err != nil {
		return row{}, fmt.Errorf("row %s of %s: %w", r.ID, r.View, err)
	}
	return f, nil
}
