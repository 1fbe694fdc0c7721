package push_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/daybook-es/daybook/internal/dynamolocal"
	"github.com/daybook-es/daybook/internal/push"
	"github.com/daybook-es/daybook/internal/queue"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/eventbridgebus"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/live"
)

// A world is a teller, and a WebSocket API that keeps what it is posted.
type world struct {
	*testing.T
	store  *boltstore.Store
	teller *push.Teller
	log    bytes.Buffer
	behind bool // the journal

	mu      sync.Mutex
	heard   map[string][]word
	gone    map[string]bool
	slow    map[string]int // status that is answered, 0: nothing for a while
	dropped map[string]bool
	ends    map[string]eventstore.Position
}

type word struct {
	Subscribed, Unsubscribed, Topic, Stream, Cursor, Reference string
	Version                                                    int
	Error                                                      *live.Refusal
}

func newWorld(t *testing.T) *world {
	t.Helper()
	store, err := boltstore.Open(boltstore.Memory)
	if err != nil {
		t.Fatal(err)
	}
	client, name := dynamolocal.Client(dynamolocal.Endpoint(t)), "connections-"+rand.Text()
	if err := dynamostore.Create(t.Context(), client, dynamostore.ConnectionsTable, name); err != nil {
		t.Fatal(err)
	}
	w := &world{
		T: t, store: store, heard: map[string][]word{}, gone: map[string]bool{}, slow: map[string]int{},
		dropped: map[string]bool{}, ends: map[string]eventstore.Position{},
	}
	api := httptest.NewServer(http.HandlerFunc(w.serve))
	w.teller = &push.Teller{
		Source:      &live.Source{Tenant: "main", Events: store, Journal: boltstore.NewJournal(store)},
		Connections: dynamostore.NewConnections(client, name, "main"),
		Line:        &push.Line{URL: api.URL + "/live", AWS: aws.Config{Region: "r", Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""), HTTPClient: http.DefaultClient}},
		Log:         slog.New(slog.NewTextHandler(&w.log, nil)),
	}
	t.Cleanup(func() {
		api.Close()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func (w *world) serve(out http.ResponseWriter, r *http.Request) {
	connection, ok := strings.CutPrefix(r.URL.Path, "/live/@connections/")
	if !ok || !strings.Contains(r.Header.Get("Authorization"), "/r/execute-api/aws4_request") {
		w.Errorf("%s %s %v", r.Method, r.URL, r.Header)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	status, slow := w.slow[connection]
	switch {
	case r.Method == http.MethodDelete:
		w.dropped[connection] = true
		out.WriteHeader(http.StatusNoContent)
	case w.gone[connection]:
		out.WriteHeader(http.StatusGone)
	case slow && status == 0:
		w.mu.Unlock()
		time.Sleep(2500 * time.Millisecond)
		w.mu.Lock()
	case slow:
		out.WriteHeader(status)
	default:
		var m word
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
			w.Error(err)
		}
		w.heard[connection] = append(w.heard[connection], m)
	}
}

// append appends an event to a stream of order 1; the first of the order places it, for ada.
func (w *world) append(category string) int {
	w.Helper()
	stream := eventstore.StreamID{Tenant: "main", Category: category, ID: "1"}
	event := eventstore.Event{Type: "noted.v1", Data: json.RawMessage("{}")}
	end, known := w.ends[category]
	if !known {
		end = eventstore.NoStream(stream)
		if category == order.Category {
			event.Type, event.Data, _ = order.Events.Encode(order.Placed{CustomerID: "ada"})
		}
	}
	c, err := w.store.Append(context.Background(), stream, end, eventstore.Commit{
		Events: []eventstore.Event{event}, Command: eventstore.CommandID{Key: fmt.Sprint(end.Version())}, At: time.Now(),
	})
	if err != nil {
		w.Fatal(err)
	}
	w.ends[category] = c.End()
	return int(c.End().Version())
}

// Arrived is the journal's, which may be behind.
func (w *world) Arrived(context.Context, eventstore.StreamID, eventstore.Version) (bool, error) {
	return !w.behind, nil
}

// hand hands what the bus says to the pusher, and reports whether it comes again.
func (w *world) hand(public, stream string, version int) bool {
	w.Helper()
	body := fmt.Sprintf(`{"version":"0","id":"1","detail-type":%q,"source":%q,"account":"0","time":"2026-11-25T12:00:00Z","region":"r","resources":[],`+
		`"detail":{"type":%[1]q,"tenant":"main","stream":%[3]q,"version":%[4]d,"at":"2026-11-25T12:00:00Z","data":{}}}`, public, eventbridgebus.Source, stream, version)
	answer, err := push.Handler(w.teller, w)(context.Background(), events.SQSEvent{Records: []events.SQSMessage{{MessageId: "a", Body: body}}})
	if err != nil {
		w.Fatal(err)
	}
	return len(answer.BatchItemFailures) > 0
}

func (w *world) route(kind, connection, body, ticket string) int {
	w.Helper()
	answer, err := w.teller.Routes(context.Background(), events.APIGatewayWebsocketProxyRequest{
		RequestContext: events.APIGatewayWebsocketProxyRequestContext{EventType: kind, ConnectionID: connection}, Body: body,
		QueryStringParameters: map[string]string{"ticket": ticket},
	})
	if err != nil {
		w.Fatal(err)
	}
	return answer.StatusCode
}

func (w *world) subscribe(connection, topic, after string) {
	w.Helper()
	if status := w.route("MESSAGE", connection, fmt.Sprintf(`{"subscribe":%q,"after":%q}`, topic, after), ""); status != http.StatusOK {
		w.Fatalf("%d: %s", status, &w.log)
	}
}

// told returns what a connection heard of topics since it was asked last.
func (w *world) told(connection string) (all string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, m := range w.heard[connection] {
		switch {
		case m.Error != nil:
			all += " " + m.Error.Code
		case m.Topic == "":
			all += " +" + m.Subscribed + " -" + m.Unsubscribed
		default:
			all += fmt.Sprintf(" %s:%s@%d", m.Topic, m.Stream, m.Version)
		}
	}
	delete(w.heard, connection)
	return strings.TrimSpace(all)
}

func (w *world) hears(connection, want string) {
	w.Helper()
	if got := w.told(connection); got != want {
		w.Errorf("%s heard %q, want %q; the log says %s", connection, got, want, &w.log)
	}
}

func TestWhatWasMissedIsToldFirstAndThenWhatHappens(t *testing.T) {
	w := newWorld(t)
	w.append("order")
	w.append("order")
	w.subscribe("c1=", "order/1", "1")
	w.subscribe("c2", "all", "")
	w.subscribe("c3", "customer/ada", "")
	w.subscribe("c3", "customer/bob", "")
	w.hears("c1=", "+order/1 - order/1:order/1@2")
	w.hears("c2", "+all -")
	w.hears("c3", "+customer/ada - +customer/bob -")
	v := w.append("order")
	w.append("shipment")
	for range 2 { // the bus may say it twice
		if w.hand("OrderShipped", "order/1", v) {
			t.Errorf("comes again: %s", &w.log)
		}
	}
	w.hears("c1=", "order/1:order/1@3")
	w.hears("c2", "all:order/1@3 all:shipment/1@1")
	w.hears("c3", "customer/ada:order/1@3")
}

func TestAnEventThatTheJournalHasNotGotComesAgain(t *testing.T) {
	w := newWorld(t)
	w.subscribe("c", "all", "")
	w.subscribe("d", "order/1", "")
	w.behind = true
	v := w.append("order")
	if !w.hand("OrderPlaced", "order/1", v) {
		t.Error("it is taken for told")
	}
	w.hears("c", "+all -")
	w.hears("d", "+order/1 - order/1:order/1@1")
	if w.behind = false; w.hand("OrderPlaced", "order/1", v) {
		t.Errorf("comes again: %s", &w.log)
	}
	w.hears("c", "all:order/1@1")
	w.hears("d", "")
}

func TestManyPushersTellEachCommitOnceAndInOrder(t *testing.T) {
	w := newWorld(t)
	w.subscribe("c", "order/1", "")
	w.told("c")
	want := ""
	var wg sync.WaitGroup
	for range 40 {
		v := w.append("order")
		want += fmt.Sprintf(" order/1:order/1@%d", v)
		wg.Go(func() {
			if w.hand("OrderShipped", "order/1", v) {
				t.Error("comes again")
			}
		})
	}
	wg.Wait()
	w.hears("c", strings.TrimSpace(want))
}

func TestWhoeverIsGoneOrTooSlowIsForgottenAndHoldsUpNobody(t *testing.T) {
	w := newWorld(t)
	for _, c := range []string{"gone", "silent", "choked", "well"} {
		w.subscribe(c, "order/1", "")
		w.subscribe(c, "all", "")
		w.told(c)
	}
	w.mu.Lock()
	w.gone["gone"], w.slow["silent"], w.slow["choked"] = true, 0, http.StatusTooManyRequests
	w.mu.Unlock()
	v := w.append("order")
	began := time.Now()
	if w.hand("OrderPlaced", "order/1", v) {
		t.Errorf("comes again: %s", &w.log)
	}
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("it took %v", took)
	}
	w.hears("well", "order/1:order/1@1 all:order/1@1")
	if w.dropped["gone"] || !w.dropped["silent"] || !w.dropped["choked"] || w.dropped["well"] {
		t.Errorf("dropped are %v", w.dropped)
	}
	for _, topic := range []string{"order/1", "all"} {
		if left, err := w.teller.Connections.Of(t.Context(), topic); err != nil || fmt.Sprint(left) != "[well]" {
			t.Errorf("%s: %v, %v", topic, left, err)
		}
	}
}

func TestWhereSomethingFailsTheMessageComesAgainAndNothingIsMissed(t *testing.T) {
	w := newWorld(t)
	w.subscribe("c", "order/1", "")
	w.told("c")
	w.slow["c"] = http.StatusInternalServerError
	v := w.append("order")
	if !w.hand("OrderPlaced", "order/1", v) {
		t.Error("it is taken for told")
	}
	delete(w.slow, "c")
	if w.hand("OrderPlaced", "order/1", v) {
		t.Errorf("comes again: %s", &w.log)
	}
	w.hears("c", "order/1:order/1@1")
}

func TestFramesAreAnsweredAndConnectionsEnd(t *testing.T) {
	w := newWorld(t)
	w.subscribe("c", "order/1", "")
	for frame, code := range map[string]string{
		"x": "frame.malformed", `{"subscribe":"order/1"}`: "topic.subscribed", `{"subscribe":"stock/p"}`: "topic.unknown", `{"subscribe":"order/1","after":"7"}`: "cursor.unknown",
		`{"unsubscribe":"all"}`: "topic.not_subscribed",
	} {
		w.told("c")
		w.route("MESSAGE", "c", frame, "")
		w.hears("c", code)
	}
	w.route("MESSAGE", "c", `{"unsubscribe":"order/1"}`, "")
	w.hears("c", "+ -order/1")
	w.subscribe("c", "order/1", "")
	w.route("DISCONNECT", "c", "", "")
	if left, err := w.teller.Connections.Of(t.Context(), "order/1"); len(left) > 0 || err != nil {
		t.Errorf("%v, %v", left, err)
	}
	w.slow["d"] = http.StatusInternalServerError
	if status := w.route("MESSAGE", "d", `{"subscribe":"all"}`, ""); status != http.StatusInternalServerError || !w.dropped["d"] {
		t.Errorf("%d, dropped: %v", status, w.dropped["d"])
	}
}

func TestAConnectionNeedsATicket(t *testing.T) {
	w := newWorld(t)
	ticket, err := w.teller.Connections.Ticket(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		ticket string
		want   int
	}{{"", 403}, {"x", 403}, {ticket, 200}, {ticket, 403}} {
		if got := w.route("CONNECT", "c", "", c.ticket); got != c.want {
			t.Errorf("%q: %d, want %d", c.ticket, got, c.want)
		}
	}
}

func TestAnEventThatMakesNoSenseEndsInTheDeadLetters(t *testing.T) {
	w := newWorld(t)
	for _, c := range [][2]string{{"OrderTeleported", "order/1"}, {"OrderPlaced", "stock/1"}, {"OrderPlaced", "order"}} {
		w.log.Reset()
		if !w.hand(c[0], c[1], 1) || !strings.Contains(w.log.String(), queue.Senseless) {
			t.Errorf("%v: %s", c, &w.log)
		}
	}
}

func Example() {
	t := &push.Teller{Source: &live.Source{Tenant: "main"}, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	take := push.Handler(t, nil)
	answer, err := take(context.Background(), events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Body: url.QueryEscape("no event")}}})
	fmt.Println(answer.BatchItemFailures, err)
	// Output: [{1}] <nil>
}
