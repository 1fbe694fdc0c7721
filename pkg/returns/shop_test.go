package returns_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/restock"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/fulfilment/sandbox"
	"github.com/daybook-es/daybook/pkg/publish"
	"github.com/daybook-es/daybook/pkg/returns"
	"github.com/daybook-es/daybook/pkg/saga"
)

var errCrashed = errors.New("the program has crashed")

// A shop has one order in it that was returned, and is a store in which a program
// can crash, or fall asleep.
type shop struct {
	store   *memstore.Store
	gateway *sandbox.Memory
	event   publish.Event // of the return

	before func() // called before each request

	mu   sync.Mutex
	left int  // effects until the crash; negative: none comes
	then bool // the effect is there when it comes
}

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// open sells two of ten lamps and one of five desks, and takes them back.
func open(ctx context.Context) (*shop, error) {
	s := &shop{store: new(memstore.Store), gateway: new(sandbox.Memory), left: -1}
	w, by := s.world(), command.Request{Actor: "client", Correlation: "call-2"}
	_, err := w.Stock.Do(ctx, "product-1", by, stock.Receive{Quantity: 10, At: noon})
	if err == nil {
		_, err = w.Stock.Do(ctx, "product-2", by, stock.Receive{Quantity: 5, At: noon})
	}
	do := func(commands ...order.Command) {
		for _, c := range commands {
			if err == nil {
				_, err = w.Orders.Do(ctx, "order-1", by, c)
			}
		}
	}
	do(order.Place{
		CustomerID: "cust-456", PaymentMethod: "tok_ok", At: noon,
		Items: []order.Item{
			{ProductID: "product-2", Quantity: 1, UnitPrice: domain.Money{Amount: 4999, Currency: "USD"}},
			{ProductID: "product-1", Quantity: 2, UnitPrice: domain.Money{Amount: 2999, Currency: "USD"}},
		},
		Recipient: order.Recipient{Name: "Ada", Line1: "12 St James Sq", City: "London", PostalCode: "SW1Y 4JH", Country: "GB"},
	}, order.Submit{At: noon})
	runs := saga.New(fulfilment.Process(w), s.store, "shop", slog.New(slog.DiscardHandler))
	runs.Start(ctx, saga.Run{ID: "order-1"})
	runs.Wait()
	do(order.Deliver{At: noon}, order.Return{Reason: "it wobbles", At: noon})
	if err != nil {
		return nil, err
	}
	bus := &publish.Local{Log: slog.New(slog.DiscardHandler)}
	bus.Listen(publish.ReturnedName, func(_ context.Context, e publish.Event) error { s.event = e; return nil })
	for c, err := range s.store.Scan(ctx, 0, 1) {
		if err == nil {
			err = publish.New(bus, bus.Log, publish.Orders()).Publish(ctx, c)
		}
		if err != nil {
			return nil, err
		}
	}
	return s, nil
}

func newShop(t *testing.T) *shop {
	t.Helper()
	s, err := open(t.Context())
	must(t, err)
	return s
}

// world returns the shop as a program sees it that has just begun.
func (s *shop) world() *fulfilment.World {
	g := gateway{sandbox.Gateway(s.gateway), s}
	return fulfilment.NewWorld(s, "shop", g, sandbox.Carrier(new(sandbox.Memory)), sandbox.Notifier(new(sandbox.Memory)))
}

// react has a program hear of the return.
func (s *shop) react(ctx context.Context) error {
	w := s.world()
	return errors.Join(returns.Refund(w)(ctx, s.event), returns.Restock(w)(ctx, s.event))
}

// rush has others receive so many lamps, one by one.
func (s *shop) rush(t *testing.T, lamps int) {
	t.Helper()
	stocks := command.New(s.store, "shop", stock.Aggregate)
	for range lamps {
		_, err := stocks.Do(t.Context(), "product-1", command.Request{}, stock.Receive{Quantity: 1, At: noon})
		must(t, err)
	}
}

// state says what became of the money and the goods.
func (s *shop) state(t *testing.T) string {
	t.Helper()
	w := s.world()
	p, e1 := w.Payments.State(t.Context(), "order-1")
	lamps, e2 := w.Stock.State(t.Context(), "product-1")
	desks, e3 := w.Stock.State(t.Context(), "product-2")
	r, e4 := command.New(s.store, "shop", restock.Aggregate).State(t.Context(), "order-1")
	must(t, errors.Join(e1, e2, e3, e4))
	return fmt.Sprintf("payment %s %+v, %d of product-1, %d of product-2, restock %s",
		p.State.Status, p.State.Refunded, lamps.State.OnHand, desks.State.OnHand, r.State.Status)
}

// crash crashes the next program at an effect, before it or after.
func (s *shop) crash(at int, then bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left, s.then = at, then
}

// effect does what has an effect, unless the program has crashed.
func (s *shop) effect(do func() error) error {
	s.wake()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.left < 0:
		return do()
	case s.left > 0:
		s.left--
		return do()
	}
	if s.then {
		s.then = false
		_ = do()
	}
	return errCrashed
}

func (s *shop) wake() {
	if s.before != nil {
		s.before()
	}
}

// Load implements [eventstore.Store].
func (s *shop) Load(ctx context.Context, stream eventstore.StreamID, upTo eventstore.Version, schema int) ([]eventstore.Commit, error) {
	s.wake()
	return s.store.Load(ctx, stream, upTo, schema)
}

// Read implements [eventstore.Store].
func (s *shop) Read(ctx context.Context, stream eventstore.StreamID, after eventstore.Position) iter.Seq2[eventstore.Commit, error] {
	s.wake()
	return s.store.Read(ctx, stream, after)
}

// Append implements [eventstore.Store].
func (s *shop) Append(ctx context.Context, stream eventstore.StreamID, at eventstore.Position, c eventstore.Commit) (stored eventstore.Commit, err error) {
	err = s.effect(func() error { stored, err = s.store.Append(ctx, stream, at, c); return err })
	return stored, err
}

// Scan implements [eventstore.Store].
func (s *shop) Scan(ctx context.Context, segment, of int) iter.Seq2[eventstore.Commit, error] {
	return s.store.Scan(ctx, segment, of)
}

// gateway is one that a program crashes at.
type gateway struct {
	fulfilment.Gateway
	s *shop
}

// Undo implements [fulfilment.Port].
func (g gateway) Undo(ctx context.Context, key string) (done *domain.Money, err error) {
	err = g.s.effect(func() error { done, err = g.Gateway.Undo(ctx, key); return err })
	return done, err
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
