package search

import (
	"slices"
	"time"

	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/shipment"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// row is what an order and its shipment say, side by side.
type row struct {
	order.State
	PlacedAt  time.Time      `json:"placedAt"`
	Recipient string         `json:"recipient"` // name
	Sent      shipment.State `json:"sent"`
}

// New returns the projection that keeps the view.
func New(index Index, events eventstore.Store) projection.View {
	return projection.New(View, index, events, row.place,
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
		),
		projection.From(shipment.Category, shipment.Events,
			projection.On(sent[shipment.Arranged]),
			projection.On(sent[shipment.Dispatched]),
			projection.On(sent[shipment.Cancelled]),
		))
}

func (r *row) placed(e order.Placed, _ eventstore.Recorded) error {
	r.State, r.PlacedAt, r.Recipient = e.Evolve(r.State), e.At.UTC(), e.Recipient.Name
	return nil
}

func evolve[E order.Event](r *row, e E, _ eventstore.Recorded) error {
	r.State = e.Evolve(r.State)
	return nil
}

func sent[E shipment.Event](r *row, e E, _ eventstore.Recorded) error {
	r.Sent = e.Evolve(r.Sent)
	return nil
}

func (r row) place() (words []string, sort string) {
	if r.Status == order.StatusNone {
		return nil, ""
	}
	var texts []string
	for _, f := range r.fields() {
		texts = append(texts, f.texts...)
	}
	return Words(texts...), r.PlacedAt.Format(readmodel.SortTime)
}

// A field is what an order is found by, under its name on the wire.
type field struct {
	name  string
	texts []string
}

func (r row) fields() []field {
	var items []string
	for _, i := range r.Items {
		items = append(items, string(i.ProductID), i.Name)
	}
	return []field{
		{"customerId", []string{string(r.CustomerID)}},
		{"recipient", []string{r.Recipient}},
		{"items", items},
		{"trackingNumber", []string{r.Sent.TrackingNumber}},
		{"cancelReason", []string{r.CancelReason}},
	}
}

// matched returns the names of the fields that hold one of the words.
func (r row) matched(words []string) []string {
	names := []string{}
	for _, f := range r.fields() {
		there := Words(f.texts...)
		if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(there, w) }) {
			names = append(names, f.name)
		}
	}
	return names
}
