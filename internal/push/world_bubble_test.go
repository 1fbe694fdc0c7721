package push_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go/middleware"

	"github.com/daybook-es/daybook/internal/dynamolocal"
	"github.com/daybook-es/daybook/internal/push"
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
	behind bool         // the journal
	asked  atomic.Int64 // calls of the table

	mu      sync.Mutex
	heard   map[string][]word
	gone    map[string]bool
	slow    map[string]int // status that is answered, 0: none
	dropped map[string]bool
	ends    map[string]eventstore.Position

	connected map[string]bool
}

// Do answers as the WebSocket API does, without a network.
func (w *world) Do(r *http.Request) (*http.Response, error) {
	out := httptest.NewRecorder()
	w.serve(out, r)
	return out.Result(), r.Context().Err()
}

// counting counts the calls of the table, each once however often the SDK sends
// it.
func (w *world) counting(stack *middleware.Stack) error {
	return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("count", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
		w.asked.Add(1)
		return next.HandleInitialize(ctx, in)
	}), middleware.Before)
}

type word struct {
	Subscribed, Unsubscribed, Topic, Stream, Cursor, Reference string
	Version                                                    int
	Error                                                      *live.Refusal
}

// inBubble runs f in a bubble, with a table of its own on DynamoDB Local. No
// connection to it is kept, so that time passes while no request is under way.
func inBubble(t *testing.T, f func(*testing.T, *world)) {
	t.Helper()
	endpoint := dynamolocal.Endpoint(t)
	synctest.Test(t, func(t *testing.T) { f(t, newWorld(t, endpoint)) })
}

func newWorld(t *testing.T, endpoint string) *world {
	t.Helper()
	store, err := boltstore.Open(boltstore.Memory)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		T: t, store: store, heard: map[string][]word{}, gone: map[string]bool{}, slow: map[string]int{},
		dropped: map[string]bool{}, ends: map[string]eventstore.Position{}, connected: map[string]bool{},
	}
	client, name := dynamolocal.Client(endpoint, func(o *dynamodb.Options) {
		o.HTTPClient = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		o.APIOptions = append(o.APIOptions, w.counting)
	}), "connections-"+rand.Text()
	if err := dynamostore.Create(t.Context(), client, dynamostore.ConnectionsTable, name); err != nil {
		t.Fatal(err)
	}
	w.teller = &push.Teller{
		Source:      &live.Source{Tenant: "main", Events: store, Journal: boltstore.NewJournal(store)},
		Connections: dynamostore.NewConnections(client, name, "main"),
		Line:        &push.Line{URL: "http://api.example/live", AWS: aws.Config{Region: "r", Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""), HTTPClient: w}},
		Log:         slog.New(slog.NewTextHandler(&w.log, nil)),
	}
	t.Cleanup(func() {
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
		<-r.Context().Done()
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

// connect opens a connection.
func (w *world) connect(connection string) {
	w.Helper()
	ticket, err := w.teller.Connections.Ticket(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	if status := w.route("CONNECT", connection, "", ticket); status != http.StatusOK {
		w.Fatalf("%d: %s", status, &w.log)
	}
	w.connected[connection] = true
}

// subscribe subscribes a connection, which it opens if it is not.
func (w *world) subscribe(connection, topic, after string) {
	w.Helper()
	if !w.connected[connection] {
		w.connect(connection)
	}
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
