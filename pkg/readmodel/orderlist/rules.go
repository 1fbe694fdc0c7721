package orderlist

import (
	"time"

	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// row is the order's own state, for a line's total is the sum of items that the
// line does not show.
type row struct {
	order.State
	PlacedAt time.Time `json:"placedAt"`
}

// New returns the projection that keeps the view.
func New(rows readmodel.Store, events eventstore.Store) projection.View {
	return projection.New(View, rows, events, row.place,
		projection.From(order.Category, order.Events,
			projection.On((*row).placed),
			projection.On(evolve[order.ItemAdded]),
			projection.On(evolve[order.ItemRemoved]),
			projection.On(evolve[order.ItemsReplaced]),
			projection.On(evolve[order.Submitted]),
			projection.On(evolve[order.Confirmed]),
			projection.On(evolve[order.Shipped]),
			projection.On(evolve[order.Delivered]),
			projection.On(evolve[order.Returned]),
			projection.On(evolve[order.CancelStarted]),
			projection.On(evolve[order.Cancelled]),
		))
}

func (r *row) placed(e order.Placed, _ eventstore.Recorded) error {
	r.State, r.PlacedAt = e.Evolve(r.State), e.At.UTC()
	return nil
}

func evolve[E order.Event](r *row, e E, _ eventstore.Recorded) error {
	r.State = e.Evolve(r.State)
	return nil
}

func (r row) place() (lists []string, sort string) {
	if r.Status == order.StatusNone {
		return nil, ""
	}
	return []string{
		nameOf("", ""), nameOf(r.CustomerID, ""), nameOf("", r.Status), nameOf(r.CustomerID, r.Status),
	}, r.PlacedAt.Format(readmodel.SortTime)
}

// nameOf names the list of a customer's orders in a status. No status has a slash
// in it, so no two filters have one list.
func nameOf(of order.CustomerID, in order.Status) string {
	switch {
	case of == "" && in == "":
		return "all"
	case of == "":
		return "status/" + string(in)
	default:
		return "customer/" + string(in) + "/" + string(of)
	}
}
