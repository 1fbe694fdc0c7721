package historytest

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"

	"pgregory.net/rapid"

	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/fulfilments"
	"github.com/daybook-es/daybook/pkg/saga"
)

func (h *History) agreeFulfilments(t *rapid.T, rows readmodel.Store) {
	var open []fulfilments.Open
	lines := map[saga.Status][]fulfilments.Line{}
	for _, id := range h.ids {
		memo, submitted := h.memos[id], h.submitted[id]
		got, ok, err := fulfilments.Find(context.Background(), rows, h.Tenant, id)
		if err != nil || ok == submitted.at.IsZero() {
			t.Fatalf("fulfilment of %s, submitted at %v: got %v, %v", id, submitted.at, ok, err)
		}
		if !ok {
			continue
		}
		want := fulfilments.Fulfilment{Status: cmp.Or(memo.Status, saga.Running), Steps: []fulfilments.Step{}, Version: h.version(fulfilment.Category, id)}
		for _, o := range memo.Steps {
			step := fulfilments.Step{Name: o.Step, Status: o.Status, Attempts: o.Attempts, StartedAt: o.StartedAt, EndedAt: o.EndedAt}
			if o.Error != nil {
				step.Error = &fulfilments.Error{Code: o.Error.Code, Detail: o.Error.Detail}
			}
			want.Steps = append(want.Steps, step)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("fulfilment of %s: got %s\nwant %s", id, text(got), text(want))
		}
		line := fulfilments.Line{ID: order.ID(id), Status: want.Status, SubmittedAt: submitted.at, Version: want.Version, Steps: want.Steps}
		for _, in := range []saga.Status{"", want.Status} {
			lines[in] = append(lines[in], line)
		}
		if !memo.Status.Ended() && (memo.Status != "" || h.orders[id].Status != order.StatusCancelled) {
			open = append(open, fulfilments.Open{Run: saga.Run{ID: id, Correlation: submitted.correlation}, Status: want.Status, SubmittedAt: submitted.at})
		}
	}
	slices.SortStableFunc(open, func(a, b fulfilments.Open) int { return h.submitted[a.ID].at.Compare(h.submitted[b.ID].at) })
	list(t, "open fulfilments", open, func(after readmodel.Place) ([]fulfilments.Open, *readmodel.Place, error) {
		return fulfilments.ListOpen(context.Background(), rows, h.Tenant, after, h.page())
	})
	for _, status := range []saga.Status{"", saga.Running, saga.Compensating, saga.Succeeded, saga.Compensated, saga.Stuck} {
		slices.SortFunc(lines[status], func(a, b fulfilments.Line) int {
			return cmp.Or(b.SubmittedAt.Compare(a.SubmittedAt), cmp.Compare(b.ID, a.ID))
		})
		list(t, fmt.Sprintf("fulfilments in %q", status), lines[status], func(after readmodel.Place) ([]fulfilments.Line, *readmodel.Place, error) {
			return fulfilments.List(context.Background(), rows, h.Tenant, fulfilments.Query{Status: status, After: after, Limit: h.page()})
		})
	}
}
