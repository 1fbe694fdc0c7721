package stream_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/daybook-es/daybook/internal/stream"
	"github.com/daybook-es/daybook/internal/stream/streamtest"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/publish"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/fulfilments"
	"github.com/daybook-es/daybook/pkg/readmodel/orderdetails"
	"github.com/daybook-es/daybook/pkg/readmodel/orderlist"
	"github.com/daybook-es/daybook/pkg/readmodel/sales"
)

const table = "shop-events"

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// A world is a table of events, the views of it and the bus, and a log of what
// the handlers say.
type world struct {
	testing.TB
	store   *damageable
	rows    *countedRows
	bus     *keepingBus
	log     *bytes.Buffer
	logger  *slog.Logger
	publish *publish.Publisher
	records []events.DynamoDBEventRecord // all that was appended
}

func newWorld(t testing.TB) *world {
	w := &world{TB: t, store: &damageable{Store: new(memstore.Store)}, rows: &countedRows{Store: boltstore.NewViews()}, bus: new(keepingBus), log: new(bytes.Buffer)}
	w.logger = slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	w.publish = publish.New(w.bus, w.logger, publish.Sources()...)
	return w
}

func (w *world) projector() stream.Handler {
	return stream.NewProjector(table, w.rows, w.store, w.logger)
}

func (w *world) publisher() stream.Handler { return stream.NewPublisher(table, w.publish, w.logger) }

func (w *world) holes() *stream.Holes { return stream.NewHoles(w.rows, w.store, w.logger) }

func orderStream(id string) eventstore.StreamID {
	return eventstore.StreamID{Tenant: "shop", Category: order.Category, ID: id}
}

// append adds a commit to an order, and returns what the stream tells of it.
func (w *world) append(id string, happened ...domain.Typed) events.DynamoDBEventRecord {
	w.Helper()
	s := orderStream(id)
	end := eventstore.NoStream(s)
	for c, err := range w.store.Store.Read(w.Context(), s, end) {
		if err != nil {
			w.Fatal(err)
		}
		end = c.End()
	}
	c := eventstore.Commit{Command: eventstore.CommandID{Key: fmt.Sprint(len(w.records))}, At: noon}
	for _, e := range happened {
		stored, ok := e.(raw)
		if !ok {
			name, data, err := order.Events.Encode(e.(order.Event))
			if err != nil {
				w.Fatal(err)
			}
			stored = raw{Type: name, Data: data}
		}
		c.Events = append(c.Events, eventstore.Event(stored))
	}
	c, err := w.store.Append(w.Context(), s, end, c)
	if err != nil {
		w.Fatal(err)
	}
	r := streamtest.Record(table, len(w.records), c)
	w.records = append(w.records, r)
	return r
}

// raw is an event stored by another program.
type raw eventstore.Event

func (r raw) EventType() string { return r.Type }

var (
	placed = order.Placed{
		CustomerID: "cust-1", Items: []order.Item{{ProductID: "p-1", Quantity: 1, UnitPrice: domain.Money{Amount: 100, Currency: "USD"}}},
		Recipient: order.Recipient{Name: "Ada"}, PaymentMethod: "tok_ok", At: noon,
	}
	submitted = order.Submitted{At: noon}
	unknown   = raw{Type: "order.vanished.v9", Data: json.RawMessage(`{}`)}
)

// reports checks which record a handler stops at; none if it is empty.
func (w *world) reports(h stream.Handler, want string, records ...events.DynamoDBEventRecord) {
	w.Helper()
	got, err := h(w.Context(), events.DynamoDBEvent{Records: records})
	if err != nil {
		w.Fatal(err)
	}
	if n := len(got.BatchItemFailures); n > 1 || n == 1 != (want != "") || n == 1 && got.BatchItemFailures[0].ItemIdentifier != want {
		w.Fatalf("got %v, want %q\n%s", got.BatchItemFailures, want, w.log)
	}
}

// holds checks up to which version of its own stream an order is in a view.
func (w *world) holds(view, id string, want eventstore.Version) {
	w.Helper()
	row, err := w.rows.Store.Get(w.Context(), readmodel.Key{View: view, Tenant: "shop", ID: id})
	if err != nil {
		w.Fatal(err)
	}
	if got := row.Applied[order.Category].Version(); got != want {
		w.Errorf("%s has %s up to %d, want %d\n%s", view, id, got, want, w.log)
	}
}

// holdAll is holds for all views of orders.
func (w *world) holdAll(id string, want eventstore.Version) {
	w.Helper()
	for _, view := range []string{orderdetails.View, orderlist.View, fulfilments.View, sales.View} {
		w.holds(view, id, want)
	}
}

// says checks the log, and forgets it.
func (w *world) says(want ...string) {
	w.Helper()
	got := strings.TrimSpace(w.log.String())
	w.log.Reset()
	if got != strings.Join(want, "\n") {
		w.Errorf("the log says\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

func must(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}
