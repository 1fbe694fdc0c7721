package fulfilments

import (
	"time"

	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/fulfilment"
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
		projection.From(fulfilment.Category, saga.Events,
			projection.On((*row).stepEnded),
			projection.On((*row).gotStuck),
		))
}

// status is that of the memo; a run that no step of ended is under way.
func (r row) status() saga.Status {
	if r.Memo.Status == "" {
		return saga.Running
	}
	return r.Memo.Status
}

// place puts a run into the list while there is something left to do. An order
// that is cancelled and has no memo was cancelled without a run.
func (r row) place() (lists []string, sort string) {
	over := r.Memo.Status.Ended() || r.Memo.Status == "" && r.Cancelled
	if !r.SubmittedAt.IsZero() && !over {
		lists = []string{open}
	}
	return lists, r.SubmittedAt.Format("2006-01-02T15:04:05.000000000")
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
