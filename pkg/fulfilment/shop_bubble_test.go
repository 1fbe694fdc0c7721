package fulfilment_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/payment"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/fulfilment/sandbox"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/fulfilments"
	"github.com/daybook-es/daybook/pkg/readmodel/orderdetails"
	"github.com/daybook-es/daybook/pkg/readmodel/stocklevels"
	"github.com/daybook-es/daybook/pkg/saga"
)

const tenant = "shop"

// A shop has one order in it: two of product-1 and one of product-2, of which
// there are ten and five.
type shop struct {
	store                      eventstore.Store
	gateway, carrier, notifier sandbox.Ledger
	id                         string
	cancelled                  bool // a client's cancel was granted

	execution *execution // where a state machine runs the order, and not this process
}

func newShop(store eventstore.Store, gateway, carrier, notifier sandbox.Ledger) *shop {
	return &shop{store: store, gateway: gateway, carrier: carrier, notifier: notifier, id: "order-1"}
}

func memoryShop() *shop {
	return newShop(new(memstore.Store), new(sandbox.Memory), new(sandbox.Memory), new(sandbox.Memory))
}

// world returns the shop as one program sees it.
func (s *shop) world() *fulfilment.World {
	return fulfilment.NewWorld(s.store, tenant, sandbox.Gateway(s.gateway), sandbox.Carrier(s.carrier), sandbox.Notifier(s.notifier))
}

var received = map[string]int64{"product-1": 10, "product-2": 5}

var items = []order.Item{
	{ProductID: "product-2", Quantity: 1, UnitPrice: domain.Money{Amount: 4999, Currency: "USD"}},
	{ProductID: "product-1", Quantity: 2, UnitPrice: domain.Money{Amount: 2999, Currency: "USD"}},
}

var total = domain.Money{Amount: 10997, Currency: "USD"}

// open fills the stock, and places and submits the order.
func (s *shop) open(ctx context.Context, method order.PaymentMethod, postalCode, email string) error {
	w, by := s.world(), command.Request{Actor: "client", Correlation: "call-1"}
	for product, n := range received {
		if _, err := w.Stock.Do(ctx, product, by, stock.Receive{Quantity: n, At: time.Now().UTC()}); err != nil {
			return err
		}
	}
	_, err := w.Orders.Do(ctx, s.id, by, order.Place{
		CustomerID: "cust-456", Items: items, PaymentMethod: method, At: time.Now().UTC(),
		Recipient: order.Recipient{Name: "Ada", Line1: "12 St James Sq", City: "London", PostalCode: postalCode, Country: "GB", Email: email},
	})
	if err == nil {
		_, err = w.Orders.Do(ctx, s.id, by, order.Submit{At: time.Now().UTC()})
	}
	return err
}

// cancel is what a client asks for.
func (s *shop) cancel(ctx context.Context, w *fulfilment.World) {
	_, err := w.Orders.Do(ctx, s.id, command.Request{Actor: "client"}, order.Cancel{Reason: "changed my mind", At: time.Now().UTC()})
	s.cancelled = s.cancelled || err == nil
}

// run runs the order's process, as it is declared or changed, until it stops.
func (s *shop) run(ctx context.Context, p saga.Process) saga.Memo {
	runs := saga.New(p, s.store, tenant, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if s.execution != nil {
		s.execution.drive(ctx, runs)
	} else {
		runs.Start(ctx, saga.Run{ID: s.id, Correlation: "call-1"})
		runs.Wait()
	}
	memo, _ := runs.Memo(context.Background(), s.id)
	return memo
}

// agrees says what does not agree among order, stock, payment, shipment, ledgers,
// memo and views of a run that is over.
func (s *shop) agrees(ctx context.Context, memo saga.Memo) error {
	w := s.world()
	o, err := w.Orders.State(ctx, s.id)
	if err != nil {
		return err
	}
	shipped := o.State.Status == order.StatusShipped
	switch {
	case !shipped && o.State.Status != order.StatusCancelled:
		return fmt.Errorf("the order is %s", o.State.Status)
	case shipped && s.cancelled:
		return fmt.Errorf("shipped, and its cancellation was granted")
	case shipped != (memo.Status == saga.Succeeded), !shipped != (memo.Status == saga.Compensated):
		return fmt.Errorf("the order is %s, and the run %s", o.State.Status, memo.Status)
	case !shipped && o.State.CancelReason == "":
		return fmt.Errorf("cancelled without a reason")
	}
	for _, i := range items {
		want := received[string(i.ProductID)]
		if shipped {
			want -= i.Quantity
		}
		st, err := w.Stock.State(ctx, string(i.ProductID))
		if err != nil || st.State.OnHand != want || st.State.ReservedTotal() != 0 {
			return fmt.Errorf("%d of %s, %d reserved, want %d: %w", st.State.OnHand, i.ProductID, st.State.ReservedTotal(), want, err)
		}
	}
	charged, err := kept(ctx, s.gateway, shipped)
	if err != nil {
		return fmt.Errorf("gateway: %w", err)
	}
	booked, err := kept(ctx, s.carrier, shipped)
	if err != nil {
		return fmt.Errorf("carrier: %w", err)
	}
	p, err := w.Payments.State(ctx, s.id)
	if err != nil {
		return err
	}
	if (p.State.Captured == total) != charged || (p.State.Refunded == total) != (charged && !shipped) || shipped && p.State.Status != payment.StatusCaptured {
		return fmt.Errorf("the payment is %+v; charged: %v", p.State, charged)
	}
	sh, err := w.Shipments.State(ctx, s.id)
	if err != nil {
		return err
	}
	if want := map[bool]string{true: "dispatched", false: ""}[shipped]; shipped && string(sh.State.Status) != want || !shipped && (sh.State.Status == "cancelled") != booked {
		return fmt.Errorf("the shipment is %+v; booked: %v", sh.State, booked)
	}
	return s.shown(ctx, o, p.State, shipped)
}

// kept checks that what was done was taken back, if it had to be, and reports
// whether it was done. Nothing is done twice.
func kept(ctx context.Context, l sandbox.Ledger, shipped bool) (done bool, err error) {
	entries, err := sandbox.Entries(ctx, l)
	if err != nil || len(entries) == 0 && !shipped {
		return false, err
	}
	if len(entries) != 1 {
		return false, fmt.Errorf("%d entries", len(entries))
	}
	e := entries[0]
	if e.Done > 1 || e.Undone > e.Done || shipped && (e.Done != 1 || e.Undone != 0) || !shipped && (e.Done != e.Undone || !e.Barred) {
		return false, fmt.Errorf("%+v, shipped: %v", e, shipped)
	}
	return e.Done == 1, nil
}

// shown holds the views, folded from all events, against the aggregates.
func (s *shop) shown(ctx context.Context, o command.Answer[order.State], p payment.State, shipped bool) error {
	rows := boltstore.NewViews()
	var commits []eventstore.Commit
	for c, err := range s.store.Scan(ctx, 0, 1) {
		if err != nil {
			return err
		}
		commits = append(commits, c)
	}
	for _, view := range []interface {
		Apply(context.Context, ...eventstore.Commit) error
	}{orderdetails.New(rows, s.store), stocklevels.New(rows, s.store), fulfilments.New(rows, s.store)} {
		if err := view.Apply(ctx, commits...); err != nil {
			return err
		}
	}
	d, _, err := orderdetails.Find(ctx, rows, tenant, s.id)
	if err != nil || d.Status != o.State.Status || d.Version != o.Version || d.Payment.Captured.Amount != p.Captured.Amount || d.Payment.Refunded.Amount != p.Refunded.Amount {
		return fmt.Errorf("the details show %+v: %w", d, err)
	}
	f, there, err := fulfilments.Find(ctx, rows, tenant, s.id)
	if err != nil || !there || shipped != (f.Status == saga.Succeeded) {
		return fmt.Errorf("the fulfilment shows %+v: %w", f, err)
	}
	open, _, err := fulfilments.ListOpen(ctx, rows, tenant, readmodel.Place{}, 10)
	if err != nil || len(open) != 0 {
		return fmt.Errorf("open: %+v: %w", open, err)
	}
	l, _, err := stocklevels.Find(ctx, rows, tenant, "product-1")
	if want := received["product-1"] - 2*map[bool]int64{true: 1}[shipped]; err != nil || l.OnHand != want || l.Reserved != 0 {
		return fmt.Errorf("the stock shows %+v: %w", l, err)
	}
	return nil
}
