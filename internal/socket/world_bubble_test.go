package socket_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/daybook-es/daybook/internal/bubble"
	"github.com/daybook-es/daybook/internal/socket"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/live"
)

// A world is a hub over a store in memory, behind a server in a bubble.
type world struct {
	testing.TB
	store *boltstore.Store
	url   string
	web   *http.Client
	stop  func()

	mu   sync.Mutex
	ends map[string]eventstore.Position
}

func newWorld(t testing.TB, n *bubble.Network) *world {
	t.Helper()
	store, err := boltstore.Open(boltstore.Memory)
	if err != nil {
		t.Fatal(err)
	}
	hub := socket.New(&live.Source{Tenant: "t", Events: store, Journal: boltstore.NewJournal(store)}, store, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- hub.Run(ctx) }()
	server := &httptest.Server{Listener: n.Listen(), Config: &http.Server{Handler: socket.Handler(hub, nil), ReadHeaderTimeout: time.Minute}}
	server.Start()
	w := &world{TB: t, store: store, url: "ws" + strings.TrimPrefix(server.URL, "http") + "/live", web: n.Client(), ends: make(map[string]eventstore.Position)}
	w.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		w.stop()
		server.Close()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// append appends one event to a stream; the first of an order places it, for ada.
func (w *world) append(category, id, data string) {
	w.Helper()
	stream := eventstore.StreamID{Tenant: "t", Category: category, ID: id}
	w.mu.Lock()
	end, known := w.ends[stream.String()]
	w.mu.Unlock()
	if !known {
		end = eventstore.NoStream(stream)
	}
	event := eventstore.Event{Type: "noted.v1", Data: json.RawMessage(data)}
	if category == order.Category && !known {
		name, placed, err := order.Events.Encode(order.Placed{CustomerID: order.CustomerID("ada-" + id[:1])})
		if err != nil {
			w.Fatal(err)
		}
		event = eventstore.Event{Type: name, Data: placed}
	}
	c, err := w.store.Append(context.Background(), stream, end, eventstore.Commit{
		Events: []eventstore.Event{event}, Command: eventstore.CommandID{Key: fmt.Sprint(end.Version())}, At: time.Now(),
	})
	if err != nil {
		w.Fatal(err)
	}
	w.mu.Lock()
	w.ends[stream.String()] = c.End()
	w.mu.Unlock()
}

// A told is any message of the server.
type told struct {
	Subscribed, Unsubscribed, Topic, Stream, Cursor, Reference string
	Version                                                    eventstore.Version
	Events                                                     []struct{ Type string }
	Error                                                      *live.Refusal
}

type client struct {
	*world
	ws *websocket.Conn
}

func (w *world) dial() *client {
	w.Helper()
	ws, answer, err := websocket.Dial(w.ctx(), w.url, &websocket.DialOptions{HTTPClient: w.web})
	if err != nil {
		w.Fatal(err)
	}
	if answer.Body != nil {
		_ = answer.Body.Close()
	}
	ws.SetReadLimit(1 << 20)
	w.Cleanup(func() { _ = ws.CloseNow() })
	return &client{w, ws}
}

func (w *world) ctx() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	w.Cleanup(cancel)
	return ctx
}

func (c *client) say(text string) {
	c.Helper()
	if err := c.ws.Write(c.ctx(), websocket.MessageText, []byte(text)); err != nil {
		c.Fatal(err)
	}
}

func (c *client) hear() told {
	c.Helper()
	kind, text, err := c.ws.Read(c.ctx())
	if err != nil || kind != websocket.MessageText {
		c.Fatal(kind, err)
	}
	var m told
	if err := json.Unmarshal(text, &m); err != nil {
		c.Fatalf("%s: %v", text, err)
	}
	return m
}

// subscribe returns where the topic begins.
func (c *client) subscribe(topic, after string) string {
	c.Helper()
	c.say(fmt.Sprintf(`{"subscribe":%q,"after":%q}`, topic, after))
	m := c.hear()
	if m.Subscribed != topic || m.Cursor == "" {
		c.Fatalf("not subscribed: %+v, %v", m, m.Error)
	}
	return m.Cursor
}

// closes expects that the server ends the connection.
func (c *client) closes(want websocket.StatusCode) {
	c.Helper()
	for {
		_, _, err := c.ws.Read(c.ctx())
		if err == nil {
			continue
		}
		if got := websocket.CloseStatus(err); got != want {
			c.Errorf("closed with %v (%v), want %v", got, err, want)
		}
		return
	}
}
