package sales

import (
	"slices"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/payment"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// row is an order, and what happened to its payment, side by side: so it comes
// out the same, whichever comes first.
type row struct {
	Status     order.Status     `json:"status"`
	CustomerID order.CustomerID `json:"customerId"`
	Items      []order.Item     `json:"items"`
	Captured   *entry           `json:"captured,omitempty"`
	Refunded   *entry           `json:"refunded,omitempty"`
}

// An entry is money that went one way or the other.
type entry struct {
	domain.Money
	At time.Time `json:"at"`
}

// New returns the projection that keeps the view. Its rows stand in no list; all
// that is read of them is their sums.
func New(rows readmodel.Store, events eventstore.Store) projection.View {
	return projection.New(View, rows, events,
		func(row) ([]string, string) { return nil, "" },
		projection.From(order.Category, order.Events,
			projection.On(ordered[order.Placed]),
			projection.On(ordered[order.ItemAdded]),
			projection.On(ordered[order.ItemRemoved]),
			projection.On(ordered[order.ItemsReplaced]),
			projection.On(ordered[order.Submitted]),
			projection.On(ordered[order.Confirmed]),
			projection.On(ordered[order.Shipped]),
			projection.On(ordered[order.Delivered]),
			projection.On(ordered[order.Returned]),
			projection.On(ordered[order.CancelStarted]),
			projection.On(ordered[order.Cancelled]),
		),
		projection.From(payment.Category, payment.Events,
			projection.On((*row).captured),
			projection.On((*row).refunded),
		)).Summing(sums)
}

// ordered leaves what an event makes of status and items to the order's own
// rules. What an item is called is not needed, and may be most of a row.
func ordered[E order.Event](r *row, e E, _ eventstore.Recorded) error {
	s := e.Evolve(order.State{Status: r.Status, CustomerID: r.CustomerID, Items: r.Items})
	r.Status, r.CustomerID, r.Items = s.Status, s.CustomerID, slices.Clone(s.Items)
	for i := range r.Items {
		r.Items[i].Name = ""
	}
	return nil
}

func (r *row) captured(e payment.Captured, _ eventstore.Recorded) error {
	r.Captured = &entry{e.Amount, e.At}
	return nil
}

// refunded passes over a refund that gave nothing back, since nothing was
// charged.
func (r *row) refunded(e payment.Refunded, _ eventstore.Recorded) error {
	if (e.Amount != domain.Money{}) {
		r.Refunded = &entry{e.Amount, e.At}
	}
	return nil
}
