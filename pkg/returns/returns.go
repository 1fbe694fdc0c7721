// Package returns is a saga by choreography: an order was returned, and payment
// and stock do, each by itself, what follows for it. Nobody leads them: each hears
// of it on the bus, and each does it once, however often, however late and in
// whatever order it hears of what.
package returns

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/restock"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/publish"
)

// Actor is who asks for what follows from a return.
const Actor = "returns"

// A Reaction does what follows from an [publish.OrderReturned]. After an error it
// may be done in part; the same event again does the rest and no more. What can
// be made nothing of is a [*SenselessError].
type Reaction func(ctx context.Context, e publish.Event) error

// A SenselessError is about an event that no reaction will ever make sense of.
type SenselessError struct{ Reason string }

// Error implements error.
func (e *SenselessError) Error() string { return e.Reason }

func senseless(format string, args ...any) error {
	return &SenselessError{fmt.Sprintf(format, args...)}
}

// Refund gives back what the order was paid with. It is once by the gateway's
// contract, and by the payment's state.
func Refund(w *fulfilment.World) Reaction {
	return func(ctx context.Context, e publish.Event) error {
		returned, err := read(w.Tenant, e)
		if err != nil {
			return err
		}
		return w.Refund(ctx, string(returned.OrderID), by(e))
	}
}

// Restock receives each product of the order again. Nobody has to remember for
// ever which orders came back: the restock's stream notes where each stock stood
// before any of it was received, and from there on the stock's own commits say
// whether it was.
func Restock(w *fulfilment.World) Reaction {
	restocks := command.New(w.Events, w.Tenant, restock.Aggregate)
	return func(ctx context.Context, e publish.Event) error {
		returned, err := read(w.Tenant, e)
		if err != nil {
			return err
		}
		id := string(returned.OrderID)
		begun, err := begin(ctx, w, restocks, e, returned)
		if err != nil || begun.Status == restock.StatusEnded {
			return err
		}
		for _, g := range begun.Goods {
			once := by(e)
			once.Key, once.Since = keyOf(id), new(eventstore.Version(g.Since))
			if _, err := w.Stock.Do(ctx, g.ProductID, once, stock.Receive{Quantity: g.Quantity, At: now()}); err != nil {
				return fmt.Errorf("receive %s of order %s again: %w", g.ProductID, id, err)
			}
		}
		_, err = restocks.Do(ctx, id, by(e), restock.End{At: now()})
		return err
	}
}

// begin returns the restock of the order, which it begins if nobody has.
func begin(ctx context.Context, w *fulfilment.World, restocks *command.Loop[restock.State, restock.Event], e publish.Event, returned publish.OrderReturned) (restock.State, error) {
	id := string(returned.OrderID)
	known, err := restocks.State(ctx, id)
	if err != nil || known.State.Status != restock.StatusNone {
		return known.State, err
	}
	begin := restock.Begin{At: now()}
	for _, g := range returned.Goods {
		s, err := w.Stock.State(ctx, string(g.ProductID))
		if err != nil {
			return restock.State{}, err
		}
		begin.Goods = append(begin.Goods, restock.Goods{ProductID: string(g.ProductID), Quantity: g.Quantity, Since: uint64(s.Version)})
	}
	begun, err := restocks.Do(ctx, id, by(e), begin)
	return begun.State, err
}

// keyOf is the command id under which an order's products are received again. It
// is none that a client can send: theirs are ASCII.
func keyOf(id string) string { return "returned→" + id }

// read reads the event of a tenant's order.
func read(tenant string, e publish.Event) (returned publish.OrderReturned, err error) {
	if err := json.Unmarshal(e.Data, &returned); err != nil {
		return returned, senseless("its data: %v", err)
	}
	stream := eventstore.StreamID{Tenant: tenant, Category: order.Category, ID: string(returned.OrderID)}
	if e.Type != publish.ReturnedName || e.Tenant != tenant || e.Stream != order.Category+"/"+stream.ID {
		return returned, senseless("it is %q of order %q, in stream %q of tenant %q", e.Type, stream.ID, e.Stream, e.Tenant)
	}
	if _, err := eventstore.ParseStreamID(stream.String()); err != nil {
		return returned, senseless("it names no order: %v", err)
	}
	nothing := func(g order.Goods) bool { return g.ProductID == "" || g.Quantity < 1 || g.Quantity > stock.MaxQuantity }
	if len(returned.Goods) == 0 || slices.ContainsFunc(returned.Goods, nothing) {
		return returned, senseless("it says of no goods how many came back")
	}
	return returned, nil
}

// by says what the event's consequences come from.
func by(e publish.Event) command.Request {
	return command.Request{Correlation: e.Correlation, Causation: fmt.Sprintf("%s@%d", e.Stream, e.Version), Actor: Actor}
}

// now is the time at which a command is given.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
