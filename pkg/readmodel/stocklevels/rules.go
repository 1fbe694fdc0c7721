package stocklevels

import (
	"encoding/json"
	"fmt"

	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// received is the list of all products that are shown.
const received = "received"

// row is a product's stock. A release may be recorded of one that was never
// received; it stands in no list, and is not shown.
type row struct {
	Received bool  `json:"received"`
	OnHand   int64 `json:"onHand"`
	Reserved int64 `json:"reserved"`
}

// New returns the projection that keeps the view.
func New(rows readmodel.Store, events eventstore.Store) projection.View {
	return projection.New(View, rows, events, row.place,
		projection.From(stock.Category, stock.Events,
			projection.On((*row).received),
			projection.On((*row).reserved),
			projection.On((*row).released),
			projection.On((*row).fulfilled),
		))
}

// place leaves the order in the list to the products' ids.
func (r row) place() (lists []string, sort string) {
	if r.Received {
		lists = []string{received}
	}
	return lists, ""
}

func (r *row) received(e stock.Received, _ eventstore.Recorded) error {
	r.Received = true
	r.OnHand += e.Quantity
	return nil
}

func (r *row) reserved(e stock.Reserved, _ eventstore.Recorded) error {
	r.Reserved += e.Quantity
	return nil
}

func (r *row) released(e stock.Released, _ eventstore.Recorded) error {
	r.Reserved -= e.Quantity
	return nil
}

func (r *row) fulfilled(e stock.Fulfilled, _ eventstore.Recorded) error {
	r.OnHand -= e.Quantity
	r.Reserved -= e.Quantity
	return nil
}

func level(r readmodel.Row) (Level, error) {
	var s row
	if err := json.Unmarshal(r.Data, &s); err != nil {
		return Level{}, fmt.Errorf("row %s of %s: %w", r.ID, r.View, err)
	}
	return Level{
		ProductID: r.ID, OnHand: s.OnHand, Reserved: s.Reserved, Available: s.OnHand - s.Reserved,
		Version: r.Applied[stock.Category].Version(),
	}, nil
}
