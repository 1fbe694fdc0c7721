package queue_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/daybook-es/daybook/internal/queue"
	"github.com/daybook-es/daybook/pkg/bleveindex"
	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/shipment"
	"github.com/daybook-es/daybook/pkg/eventbridgebus"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel/search"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// A desk is where orders are searched, behind the bus.
type desk struct {
	testing.TB
	store *memstore.Store
	index *bleveindex.Index
	log   bytes.Buffer
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{TB: t, store: new(memstore.Store), index: bleveindex.New(bleveindex.Memory, slog.New(slog.DiscardHandler))}
	if _, err := d.index.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.index.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// order gives an order commands.
func (d *desk) order(id string, commands ...order.Command) {
	d.Helper()
	for _, c := range commands {
		if _, err := command.New(d.store, "main", order.Aggregate).Do(d.Context(), id, command.Request{}, c); err != nil {
			d.Fatal(err)
		}
	}
}

func placed() order.Command {
	return order.Place{
		CustomerID: "ada", PaymentMethod: "tok_ok", At: noon,
		Items: []order.Item{{ProductID: "p", Name: "Lamp", Quantity: 1, UnitPrice: domain.Money{Amount: 1, Currency: "USD"}}},
	}
}

// said is what a queue behind the bus holds of what happened to an order.
func said(public, stream string) string {
	return fmt.Sprintf(`{"version":"0","id":"53dc4d37","detail-type":%q,"source":%q,"account":"000000000000","time":"2026-11-25T12:00:00Z",`+
		`"region":"us-east-1","resources":[],"detail":{"type":%[1]q,"tenant":"main","stream":%[3]q,"version":1,"at":"2026-11-25T12:00:00Z","data":{}}}`,
		public, eventbridgebus.Source, stream)
}

// hand hands a batch over, and returns which come again.
func (d *desk) hand(bodies ...string) (again string) {
	d.Helper()
	var batch events.SQSEvent
	for i, body := range bodies {
		batch.Records = append(batch.Records, events.SQSMessage{MessageId: string(rune('a' + i)), Body: body})
	}
	take := queue.Search("main", search.New(d.index, d.store), d.store, slog.New(slog.NewTextHandler(&d.log, nil)))
	answer, err := take(d.Context(), batch)
	if err != nil || d.index.Save(d.Context(), projection.Place{Seq: 1}) != nil {
		d.Fatal(err)
	}
	for _, f := range answer.BatchItemFailures {
		again += f.ItemIdentifier
	}
	return again
}

// finds checks which orders are found.
func (d *desk) finds(text string, want ...string) {
	d.Helper()
	hits, _, err := search.Find(context.Background(), d.index, "main", search.Query{Text: text, Limit: 10})
	var got []string
	for _, h := range hits {
		got = append(got, fmt.Sprint(h.ID, " ", h.Status))
	}
	if err != nil || !slices.Equal(got, want) {
		d.Errorf("%q: found %v, %v; want %v", text, got, err, want)
	}
}

func TestWhateverAnEventSaysItsOrderIsFoundAsItIs(t *testing.T) {
	d := newDesk(t)
	d.order("1", placed(), order.AddItem{Item: order.Item{ProductID: "q", Name: "Vase", Quantity: 1, UnitPrice: domain.Money{Amount: 1, Currency: "USD"}}})
	d.order("2", placed(), order.Submit{})
	if again := d.hand(said("OrderPlaced", "order/1"), said("OrderSubmitted", "order/2"), said("OrderPlaced", "order/2")); again != "" || d.log.Len() > 0 {
		t.Errorf("not taken: %q; the log says %s", again, &d.log)
	}
	d.finds("lamp", "2 submitted", "1 pending")
	d.finds("vase", "1 pending")
	if _, err := command.New(d.store, "main", shipment.Aggregate).Do(t.Context(), "2", command.Request{}, shipment.Arrange{TrackingNumber: "TRK7", At: noon}); err != nil {
		t.Fatal(err)
	}
	d.hand(said("OrderShipped", "order/2"), said("OrderPlaced", "order/2")) // an older one, and later
	d.finds("trk7", "2 submitted")
}

func TestAnEventThatMakesNoSenseComesAgainAndTheOthersDoNot(t *testing.T) {
	right := said("OrderPlaced", "order/1")
	for name, body := range map[string]string{
		"nothing":          "",
		"no JSON":          "eyJ2ZXJzaW9uIjoiMCJ9",
		"no event":         "[]",
		"another version":  strings.Replace(right, `"version":"0"`, `"version":"1"`, 1),
		"another source":   strings.Replace(right, `"source":"daybook"`, `"source":"aws.states"`, 1),
		"another type":     said("PaymentCaptured", "order/1"),
		"another category": said("OrderPlaced", "payment/1"),
		"another tenant":   strings.Replace(right, `"tenant":"main"`, `"tenant":"other"`, 1),
		"no stream":        said("OrderPlaced", "order/"),
		"a longer stream":  said("OrderPlaced", "order/1/2"),
		"a cut detail":     right[:len(right)-5],
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.order("1", placed())
			again := d.hand(body, right)
			if again != "a" || strings.Count(d.log.String(), queue.Senseless) != 1 || strings.Count(d.log.String(), "\n") != 1 {
				t.Errorf("not taken: %q; the log says %s", again, &d.log)
			}
			d.finds("lamp", "1 pending")
		})
	}
}

func TestAnOrderThatCannotBeReadHoldsBackNoOther(t *testing.T) {
	d := newDesk(t)
	d.order("1", placed())
	poisoned := eventstore.StreamID{Tenant: "main", Category: order.Category, ID: "2"}
	if _, err := d.store.Append(t.Context(), poisoned, eventstore.NoStream(poisoned), eventstore.Commit{
		Events: []eventstore.Event{{Type: "order.teleported.v1", Data: []byte("{}")}}, Command: eventstore.CommandID{Key: "poison"},
	}); err != nil {
		t.Fatal(err)
	}
	again := d.hand(said("OrderPlaced", "order/2"), said("OrderPlaced", "order/1"))
	if again != "a" || strings.Count(d.log.String(), "main/order/2 at version 1") != 1 {
		t.Errorf("not taken: %q; the log says %s", again, &d.log)
	}
	d.finds("lamp", "1 pending")
}
