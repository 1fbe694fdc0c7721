package sales_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/payment"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/sales"
)

// A shop has orders and payments, which the view shows once they are folded.
type shop struct {
	store    *memstore.Store
	orders   *command.Loop[order.State, order.Event]
	payments *command.Loop[payment.State, payment.Event]
	err      error
}

func newShop() *shop {
	store := new(memstore.Store)
	return &shop{store: store, orders: command.New(store, "t", order.Aggregate), payments: command.New(store, "t", payment.Aggregate)}
}

// order gives commands to an order.
func (s *shop) order(id string, commands ...order.Command) {
	for _, c := range commands {
		if _, err := s.orders.Do(context.Background(), id, command.Request{}, c); err != nil {
			s.err = err
		}
	}
}

// pay takes and captures what the order comes to.
func (s *shop) pay(id string, at time.Time) {
	o, err := s.orders.State(context.Background(), id)
	if err != nil {
		s.err = err
	}
	s.payment(id, payment.Take{Amount: o.State.Total, Method: "tok_ok", At: at}, payment.Capture{Amount: o.State.Total, At: at})
}

func (s *shop) payment(id string, commands ...payment.Command) {
	for _, c := range commands {
		if _, err := s.payments.Do(context.Background(), id, command.Request{}, c); err != nil {
			s.err = err
		}
	}
}

func (s *shop) refund(id string, at time.Time) {
	p, err := s.payments.State(context.Background(), id)
	if err != nil {
		s.err = err
	}
	s.payment(id, payment.Refund{Charged: p.State.Captured, At: at})
}

// rows folds what was committed.
func (s *shop) rows() (readmodel.Store, error) {
	if s.err != nil {
		return nil, s.err
	}
	rows := boltstore.NewViews()
	view := sales.New(rows, s.store)
	for c, err := range s.store.Scan(context.Background(), 0, 1) {
		if err != nil {
			return nil, err
		}
		if err := view.Apply(context.Background(), c); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC) // a Wednesday

const day = 24 * time.Hour

// place places an order of two lamps at 10.00 each.
func place(customer order.CustomerID) order.Place {
	return order.Place{CustomerID: customer, Items: []order.Item{goods("lamp", 2, 1000)}, PaymentMethod: "tok_ok", At: noon}
}

func goods(product order.ProductID, quantity, cents int64) order.Item {
	return order.Item{ProductID: product, Name: "a " + string(product), Quantity: quantity, UnitPrice: domain.Money{Amount: cents, Currency: "USD"}}
}

// shows compares what is shown with JSON.
func shows(t *testing.T, got any, err error, want string) {
	t.Helper()
	text, wrong := json.Marshal(got)
	if err != nil || wrong != nil {
		t.Fatal(err, wrong)
	}
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}
