package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/daybook-es/daybook/internal/app"
	"github.com/daybook-es/daybook/internal/bubble"
	"github.com/daybook-es/daybook/internal/eventually"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// A site is where a program answers, and the client that reaches it.
type site struct {
	url string
	web *http.Client
}

// onLoopback reaches a program outside of bubbles. Servers close an idle connection
// after 5 s or later; a POST at that moment has no answer, so the client lets go first.
var onLoopback = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16, IdleConnTimeout: 2 * time.Second}}

// serve runs the real program until it is stopped: in a bubble on its network, and
// outside, where n is nil, on a free port.
func serve(t *testing.T, n *bubble.Network, c app.Config) (at site, stop func() error) {
	t.Helper()
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	at.web, c.Addr = onLoopback, "127.0.0.1:0"
	if n != nil {
		at.web, c.Listener = n.Client(), n.Listen()
	}
	a, err := app.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Serve(ctx) }()
	at.url = a.URL()
	stop = sync.OnceValue(func() error {
		at.web.CloseIdleConnections()
		cancel()
		return <-ended
	})
	eventually.Until(t, "the program is ready", func() bool { return at.get(t, "/healthz", nil) == http.StatusOK })
	return at, stop
}

// inBubble runs a case in a bubble of its own.
func inBubble(t *testing.T, name string, f func(*testing.T, *bubble.Network)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { bubble.Run(t, f) })
}

func (s site) get(t *testing.T, path string, into any) (status int) {
	t.Helper()
	status, err := s.fetch(t.Context(), path, into)
	if err != nil {
		t.Fatal(err)
	}
	return status
}

func (s site) fetch(ctx context.Context, path string, into any) (status int, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+path, http.NoBody)
	if err != nil {
		return 0, err
	}
	answer, err := s.web.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	if into != nil {
		err = json.NewDecoder(answer.Body).Decode(into)
	}
	return answer.StatusCode, err
}

func (s site) onHand(t *testing.T, product string) int {
	t.Helper()
	var got struct{ OnHand int }
	s.get(t, "/stock/"+product, &got)
	return got.OnHand
}

func TestTheDemoStockIsReceivedOnce(t *testing.T) {
	bubble.Run(t, func(t *testing.T, n *bubble.Network) {
		data := filepath.Join(t.TempDir(), "a", "b")
		for range 2 {
			s, stop := serve(t, n, app.Config{Data: data, Demo: true})
			if one, two := s.onHand(t, "product-1"), s.onHand(t, "product-2"); one != 100 || two != 50 {
				t.Errorf("%d of product-1, %d of product-2", one, two)
			}
			if err := stop(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestWithoutTheDemoThereIsNothing(t *testing.T) {
	bubble.Run(t, func(t *testing.T, n *bubble.Network) {
		s, stop := serve(t, n, app.Config{Data: boltstore.Memory})
		var got struct{ Items []any }
		if s.get(t, "/stock", &got); len(got.Items) > 0 {
			t.Errorf("got %v", got.Items)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestAnAddressThatIsTakenSaysWhatToDo(t *testing.T) {
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for addr, says := range map[string]string{
		taken.Addr().String(): "is taken by another program; stop that one, or choose another address with --addr or DAYBOOK_ADDR",
		"127.0.0.1":           "choose an address such as 127.0.0.1:8080",
		"127.0.0.1:http-ish":  "choose an address such as 127.0.0.1:8080",
		"":                    "address or data folder is empty; choose them",
		"256.1.1.1:80":        "choose an address such as 127.0.0.1:8080",
	} {
		data := t.TempDir()
		_, err := app.Open(t.Context(), app.Config{Addr: addr, Data: data, Log: slog.New(slog.DiscardHandler)})
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v does not say %q", addr, err, says)
		}
		if s, err := boltstore.Open(filepath.Join(data, "events.db")); err != nil {
			t.Errorf("%s: the file was not let go: %v", addr, err)
		} else if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestAStreamThatCannotBeReadIsStoppedWithOneLine(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, path string){
		"poison":  func(*testing.T, string) {},
		"damaged": cutOff,
	} {
		inBubble(t, name, func(t *testing.T, net *bubble.Network) {
			data := t.TempDir()
			path := filepath.Join(data, "events.db")
			event := map[string]string{"poison": "stock.burnt.v1", "damaged": "stock.received.v1"}[name]
			receive(t, path, "bad", event)
			receive(t, path, "good", "stock.received.v1")
			damage(t, path)
			var log bytes.Buffer
			s, stop := serve(t, net, app.Config{Data: data, Log: slog.New(slog.NewJSONHandler(&log, nil))})
			if n := s.onHand(t, "good"); n != 3 {
				t.Errorf("%d of the good product", n)
			}
			if status := s.get(t, "/stock/bad", nil); status != http.StatusNotFound {
				t.Errorf("the bad product: %d", status)
			}
			if status := s.get(t, "/search?q=ada", nil); status != http.StatusOK {
				t.Errorf("a search: %d", status)
			}
			if err := stop(); err != nil {
				t.Fatal(err)
			}
			if lines := strings.Count(log.String(), "\n"); lines != 1 || !strings.Contains(log.String(), `"stream":"main/stock/bad"`) {
				t.Errorf("%d lines: %s", lines, log.String())
			}
		})
	}
}

// receive stores three times that one of a product came.
func receive(t *testing.T, path, product, event string) {
	t.Helper()
	s, err := boltstore.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	stream := eventstore.StreamID{Tenant: app.Tenant, Category: "stock", ID: product}
	at := eventstore.NoStream(stream)
	for n := range 3 {
		stored, err := s.Append(t.Context(), stream, at, eventstore.Commit{
			Events:  []eventstore.Event{{Type: event, Data: []byte(`{"quantity":1,"at":"2026-03-01T12:00:00Z"}`)}},
			Command: eventstore.CommandID{Key: fmt.Sprint(n)},
		})
		if err != nil {
			t.Fatal(err)
		}
		at = stored.End()
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// cutOff damages the first commit of the bad product.
func cutOff(t *testing.T, path string) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("events")).Put([]byte("main/stock/bad\x00\x00\x00\x00\x00\x00\x00\x00\x01"), []byte(`{"n":1,"e":[{`))
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}
