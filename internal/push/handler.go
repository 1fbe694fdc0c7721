package push

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/daybook-es/daybook/internal/queue"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/payment"
	"github.com/daybook-es/daybook/pkg/domain/shipment"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/live"
	"github.com/daybook-es/daybook/pkg/publish"
)

// An Arrival says what of a stream the journal has.
type Arrival interface {
	Arrived(ctx context.Context, s eventstore.StreamID, v eventstore.Version) (bool, error)
}

var errNotYet = errors.New("the journal has not got the event yet")

// wait is how long an event waits for the journal, before its message comes again.
const wait = 5 * time.Second

// Handler returns the handler of the queue behind the rule for all that is on the
// bus. An event says only that there is something to read: in the four streams of
// its order, in the journal, and there for the order's customer. Where nobody is
// connected nothing is read.
func Handler(t *Teller, book Arrival) queue.Handler {
	var public []string
	for _, s := range publish.Sources() {
		public = append(public, s.Types()...)
	}
	return queue.Each(t.Log, func(ctx context.Context, body []byte) error {
		e, err := queue.Read(body, public...)
		if err != nil {
			return &queue.SenselessError{Err: err}
		}
		stream, err := eventstore.ParseStreamID(e.Tenant + "/" + e.Stream)
		if err != nil || stream.Tenant != t.Source.Tenant || !slices.Contains(ofOrder, stream.Category) {
			return &queue.SenselessError{Err: fmt.Errorf("its detail is of stream %q of tenant %q", e.Stream, e.Tenant)}
		}
		if somebody, err := t.Connections.Any(ctx); !somebody || err != nil {
			return err
		}
		return errors.Join(t.streams(ctx, stream), t.journal(ctx, book, stream, e.Version))
	})
}

// ofOrder are the categories whose streams have the id of an order.
var ofOrder = []string{order.Category, payment.Category, shipment.Category, fulfilment.Category}

func (t *Teller) streams(ctx context.Context, of eventstore.StreamID) (failed error) {
	for _, of.Category = range ofOrder {
		topic := live.StreamTopic(of)
		if topic == "" {
			continue
		}
		who, err := t.Connections.Of(ctx, string(topic))
		failed = errors.Join(failed, err, t.topic(ctx, topic, who))
	}
	return failed
}

func (t *Teller) journal(ctx context.Context, book Arrival, stream eventstore.StreamID, v eventstore.Version) error {
	customer, err := t.Source.CustomerOf(ctx, eventstore.Commit{Stream: stream})
	if err != nil {
		return err
	}
	topics := []live.Topic{live.Everything}
	if customer != "" {
		topics = append(topics, live.CustomerTopic(customer))
	}
	arrived := false
	for _, topic := range topics {
		who, err := t.Connections.Of(ctx, string(topic))
		if err == nil && len(who) > 0 && !arrived {
			err = arrives(ctx, book, stream, v)
			arrived = err == nil
		}
		if err == nil {
			err = t.topic(ctx, topic, who)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// arrives waits until the journal has an event, which it may get after the bus.
func arrives(ctx context.Context, book Arrival, stream eventstore.StreamID, v eventstore.Version) error {
	ctx, cancel := context.WithTimeoutCause(ctx, wait, errNotYet)
	defer cancel()
	for {
		arrived, err := book.Arrived(ctx, stream, v)
		if arrived || err != nil {
			return err
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("%s at version %d: %w", stream, v, context.Cause(ctx))
		}
	}
}
