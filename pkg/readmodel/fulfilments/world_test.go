package fulfilments_test

import (
	"context"
	"fmt"
	"time"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/fulfilments"
	"github.com/daybook-es/daybook/pkg/saga"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

var memos = domain.Aggregate[saga.Memo, saga.Event]{Category: fulfilment.Category, Events: saga.Events, Schema: 2}

// A shop has orders, and memos of how they are fulfilled.
type shop struct {
	store *memstore.Store
	err   error // the first
}

func newShop() *shop { return &shop{store: new(memstore.Store)} }

// place places an order and gives it the commands.
func (s *shop) place(id string, commands ...order.Command) {
	placed := order.Place{
		CustomerID: "cust-1", Recipient: order.Recipient{Name: "Ada"}, PaymentMethod: "tok_ok", At: noon,
		Items: []order.Item{{ProductID: "p", Quantity: 2, UnitPrice: domain.Money{Amount: 150, Currency: "USD"}}},
	}
	give(s, order.Aggregate, id, append([]order.Command{placed}, commands...)...)
}

// record writes ends of steps into the memo.
func (s *shop) record(id string, ends ...saga.Record) {
	for _, r := range ends {
		give[saga.Memo, saga.Event](s, memos, id, r)
	}
}

// stop says that what ran the run stopped.
func (s *shop) stop(id string, at time.Time) {
	give[saga.Memo, saga.Event](s, memos, id, saga.Stop{At: at})
}

func give[S any, E domain.Event[S]](s *shop, a domain.Aggregate[S, E], id string, commands ...domain.Command[S, E]) {
	loop := command.New(s.store, "t", a)
	for _, c := range commands {
		if _, err := loop.Do(context.Background(), id, command.Request{Correlation: fmt.Sprintf("%T", c)}, c); err != nil && s.err == nil {
			s.err = fmt.Errorf("%T on %s: %w", c, id, err)
		}
	}
}

// view folds all that is stored.
func (s *shop) view() (readmodel.Store, error) {
	ctx, rows := context.Background(), boltstore.NewViews()
	view := fulfilments.New(rows, s.store)
	for c, err := range s.store.Scan(ctx, 0, 1) {
		if err != nil {
			return nil, err
		}
		if err := view.Apply(ctx, c); err != nil {
			return nil, err
		}
	}
	return rows, s.err
}

func submit(after time.Duration) order.Command { return order.Submit{At: noon.Add(after)} }

// did says that a step took its n attempts and two seconds.
func did(step string, n int, run saga.Status) saga.Record {
	return saga.Record{Run: run, Outcome: saga.Outcome{
		Step: step, Status: saga.StepSucceeded, Attempts: n, StartedAt: noon, EndedAt: noon.Add(2 * time.Second),
	}}
}

// back makes of the end of a step that of a compensation.
func back(r saga.Record) saga.Record {
	r.Back = true
	return r
}

// not says that the step ended otherwise.
func not(r saga.Record, status saga.StepStatus, code string) saga.Record {
	r.Status, r.Error = status, &saga.Failure{Step: r.Step, Code: code, Detail: "it cannot be had"}
	return r
}
