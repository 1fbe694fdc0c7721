// Package fulfilments is the view of how each submitted order is fulfilled: its
// steps as they ended, in lists by how the run stands, and, for who starts runs,
// those that have not ended.
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

// Category is that of the memos, one of the two from which the view is folded.
const Category = fulfilment.Category

// A Status says how a run stands.
type Status = saga.Status

// A Fulfilment is how an order is fulfilled; its JSON is the wire's.
type Fulfilment struct {
	Status Status `json:"status"`
	Steps  []Step `json:"steps"` // never null

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
	return Fulfilment{Status: f.status(), Steps: f.steps(), Version: r.Applied[Category].Version()}, true, nil
}

func decode(r readmodel.Row) (row, error) {
	var f row
	if err := json.Unmarshal(r.Data, &f); err != nil {
		return row{}, fmt.Errorf("row %s of %s: %w", r.ID, r.View, err)
	}
	return f, nil
}

func (r row) steps() []Step {
	steps := make([]Step, len(r.Memo.Steps))
	for i, o := range r.Memo.Steps {
		steps[i] = Step{Name: o.Step, Status: o.Status, Attempts: o.Attempts, StartedAt: o.StartedAt, EndedAt: o.EndedAt}
		if o.Error != nil {
			steps[i].Error = &Error{Code: o.Error.Code, Detail: o.Error.Detail}
		}
	}
	return steps
}
