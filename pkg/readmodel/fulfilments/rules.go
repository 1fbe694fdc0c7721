package fulfilments

import (
	"time"

	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/saga"
)

// open is the list of all runs that have not ended.
const open = "open"

// row is what two streams say of one run: that of the order, and the memo.
type row struct {
	SubmittedAt time.Time `json:"submittedAt,omitzero"`
	Correlation string    `json:"correlation,omitempty"`
	Cancelled   bool      `json:"cancelled,omitempty"` // the order
	Memo        saga.Memo `json:"memo"`
}

// New returns the projection that keeps the view.
func New(rows readmodel.Store, events eventstore.Store) projection.View {
	return projection.New(View, rows, events, row.place,
		projection.From(order.Category, order.Events,
			projection.On((*row).submitted),
			projection.On((*row).cancelled),
		),
		projection.From(Category, saga.Events,
			projection.On((*row).stepEnded),
			projection.On((*row).gotStuck),
		))
}

// status is that of the memo; a run that no step of ended is under way.
func (r row) status() Status {
	if r.Memo.Status == "" {
		return saga.Running
	}
	return r.Memo.Status
}

// place puts a run into the list of all, into that of its status, and, while
// there is something left to do, among the open ones. An order that is cancelled
// and has no memo was cancelled without a run.
func (r row) place() (lists []string, sort string) {
	if r.SubmittedAt.IsZero() {
		return nil, ""
	}
	lists = []string{nameOf(""), nameOf(r.status())}
	if over := r.Memo.Status.Ended() || r.Memo.Status == "" && r.Cancelled; !over {
		lists = append(lists, open)
	}
	return lists, r.SubmittedAt.Format(readmodel.SortTime)
}

// nameOf names the list of the runs in a status.
func nameOf(in Status) string {
	if in == "" {
		return "all"
	}
	return "status/" + string(in)
}

func (r *row) submitted(e order.Submitted, at eventstore.Recorded) error {
	r.SubmittedAt, r.Correlation = e.At.UTC(), at.Correlation
	return nil
}

func (r *row) cancelled(order.Cancelled, eventstore.Recorded) error {
	r.Cancelled = true
	return nil
}

func (r *row) stepEnded(e saga.StepEnded, _ eventstore.Recorded) error {
	r.Memo = e.Evolve(r.Memo)
	return nil
}

func (r *row) gotStuck(e saga.GotStuck, _ eventstore.Recorded) error {
	r.Memo = e.Evolve(r.Memo)
	return nil
}
