package socket_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/daybook-es/daybook/internal/bubble"
	"github.com/daybook-es/daybook/internal/socket"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/live"
)

func TestAClientThatComesBackHasMissedNothingAndGetsNothingTwice(t *testing.T) {
	const writers, each = 4, 60
	bubble.Run(t, func(t *testing.T, n *bubble.Network) {
		w := newWorld(t, n)
		beginning := w.dial().subscribe("all", "")
		for topic, streams := range map[string]int{"all": writers, "order/a1": 1, "customer/ada-a": 1} {
			done := make(chan struct{})
			var writing sync.WaitGroup
			for n := range writers {
				writing.Go(func() {
					for range each {
						w.append("order", fmt.Sprintf("%c1", 'a'+n), `{}`)
						time.Sleep(time.Millisecond)
					}
				})
			}
			go func() {
				writing.Wait()
				close(done)
			}()
			seen, cursor := map[string]eventstore.Version{}, ""
			if topic == "all" || topic == "customer/ada-a" {
				cursor = beginning
			}
			total := func() (n eventstore.Version) {
				for _, v := range seen {
					n += v
				}
				return n
			}
			want := func() (n eventstore.Version) {
				w.mu.Lock()
				defer w.mu.Unlock()
				for stream, end := range w.ends {
					if streams > 1 || stream == "t/order/a1" {
						n += end.Version()
					}
				}
				return n
			}
			written := false
			for visit := 0; !written || total() < want(); visit++ {
				select {
				case <-done:
					written = true
				default:
				}
				c := w.dial()
				cursor = c.subscribe(topic, cursor)
				for range 1 + visit*7%40 {
					if total() == want() {
						break
					}
					m := c.hear()
					if m.Topic != topic || m.Version != seen[m.Stream]+1 || len(m.Events) != 1 {
						t.Fatalf("%s, visit %d: %+v follows version %d", topic, visit, m, seen[m.Stream])
					}
					seen[m.Stream], cursor = m.Version, m.Cursor
				}
				_ = c.ws.CloseNow()
				time.Sleep(time.Duration(visit*7%50) * time.Millisecond) // it misses up to 200 commits
			}
			if len(seen) != streams {
				t.Errorf("%s: told of %v", topic, seen)
			}
		}
	})
}

func TestATopicThatIsGivenUpIsToldNoMore(t *testing.T) {
	bubble.Run(t, func(t *testing.T, n *bubble.Network) {
		w := newWorld(t, n)
		c := w.dial()
		c.subscribe("order/a1", "")
		c.subscribe("all", "")
		w.append("order", "a1", `{}`)
		if one, two := c.hear(), c.hear(); one.Version != 1 || two.Version != 1 || one.Topic == two.Topic {
			t.Errorf("got %+v and %+v", one, two)
		}
		c.say(`{"unsubscribe":"order/a1"}`)
		if m := c.hear(); m.Unsubscribed != "order/a1" {
			t.Errorf("got %+v", m)
		}
		w.append("order", "a1", `{}`)
		if m := c.hear(); m.Topic != "all" || m.Version != 2 {
			t.Errorf("got %+v", m)
		}
		if cursor := c.subscribe("order/a1", "1"); cursor != "1" {
			t.Errorf("begins at %s", cursor)
		}
		if m := c.hear(); m.Topic != "order/a1" || m.Version != 2 || m.Cursor != "2" {
			t.Errorf("got %+v", m)
		}
	})
}

func TestWhatMakesNoSenseIsRefusedAndTheRestGoesOn(t *testing.T) {
	bubble.Run(t, func(t *testing.T, n *bubble.Network) {
		w := newWorld(t, n)
		w.append("order", "a1", `{}`)
		c := w.dial()
		for frame, code := range map[string]string{
			``: "frame.malformed", `x`: "frame.malformed", `[]`: "frame.malformed", `null`: "frame.verb", `{}`: "frame.verb", `{"subscribe":1}`: "frame.malformed",
			`{"subscribe":"all","subscribe":"all"}`: "frame.malformed", `{"Subscribe":"all"}`: "frame.malformed", `{"subscribe":"all"} x`: "frame.malformed",
			`{"publish":"all"}`: "frame.malformed", `{"subscribe":"all","unsubscribe":"all"}`: "frame.verb", `{"unsubscribe":"all","after":"1"}`: "frame.verb",
			`{"subscribe":"everything"}`: "topic.unknown", `{"subscribe":"order/"}`: "topic.unknown", `{"subscribe":"order/../x"}`: "topic.unknown",
			`{"subscribe":"tenant/x"}`: "topic.unknown", `{"subscribe":"other/order/x"}`: "topic.unknown", `{"subscribe":"customer/<script>"}`: "topic.unknown",
			`{"subscribe":"all","after":"x"}`: "cursor.unknown", `{"subscribe":"customer/ada","after":"1"}`: "cursor.unknown",
			`{"subscribe":"order/a1","after":"2"}`: "cursor.unknown", `{"subscribe":"order/a1","after":"-1"}`: "cursor.unknown", `{"subscribe":"order/a1","after":"01"}`: "cursor.unknown",
			`{"subscribe":"order/a1","after":"9223372036854775807"}`: "cursor.unknown", `{"subscribe":"order/a1","after":"9223372036854775808"}`: "cursor.unknown",
			`{"subscribe":"order/none","after":"1"}`: "cursor.unknown", `{"unsubscribe":"order/a1"}`: "topic.not_subscribed", "{\"subscribe\":\"\xff\"}": "frame.malformed",
		} {
			c.say(frame)
			if m := c.hear(); m.Error == nil || m.Error.Code != code || m.Error.Detail == "" {
				t.Errorf("%s: got %+v %+v, want %s", frame, m, m.Error, code)
			}
		}
		c.subscribe("order/a1", "0")
		if m := c.hear(); m.Version != 1 {
			t.Errorf("got %+v", m)
		}
		c.say(`{"subscribe":"order/a1"}`)
		if m := c.hear(); m.Error == nil || m.Error.Code != "topic.subscribed" {
			t.Errorf("twice: got %+v", m)
		}
	})
}

func TestAConnectionHasAHundredSubscriptions(t *testing.T) {
	bubble.Run(t, func(t *testing.T, n *bubble.Network) {
		c := newWorld(t, n).dial()
		for n := range 1000 {
			c.say(fmt.Sprintf(`{"subscribe":"order/x%d"}`, n))
			m := c.hear()
			if n < 100 && m.Error != nil || n >= 100 && (m.Error == nil || m.Error.Code != "topic.too_many") {
				t.Fatalf("%d: %+v %+v", n, m, m.Error)
			}
		}
	})
}

func TestBinaryAndHugeFramesEndTheConnection(t *testing.T) {
	bubble.Run(t, func(t *testing.T, n *bubble.Network) {
		w := newWorld(t, n)
		c := w.dial()
		if err := c.ws.Write(w.ctx(), websocket.MessageBinary, []byte(`{"subscribe":"all"}`)); err != nil {
			t.Fatal(err)
		}
		c.closes(websocket.StatusUnsupportedData)
		c = w.dial()
		c.say(`{"subscribe":"` + strings.Repeat("x", live.LargestFrame) + `"}`)
		c.closes(websocket.StatusMessageTooBig)
	})
}

func TestAPageOfAnotherOriginMayNotListen(t *testing.T) {
	bubble.Run(t, func(t *testing.T, n *bubble.Network) {
		w := newWorld(t, n)
		for origin, want := range map[string]int{"http://evil.example": 403, "null": 403, "http%": 403, "http://" + strings.TrimSuffix(strings.TrimPrefix(w.url, "ws://"), "/live"): 101} {
			ws, answer, err := websocket.Dial(w.ctx(), w.url, &websocket.DialOptions{HTTPClient: w.web, HTTPHeader: http.Header{"Origin": {origin}}})
			if answer == nil || answer.StatusCode != want || want == 403 && answer.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s: %v, %v", origin, answer, err)
			}
			if ws != nil {
				_ = ws.CloseNow()
			}
		}
	})
}

func TestACommitThatIsTooLargeForAMessageIsReferredTo(t *testing.T) {
	bubble.Run(t, func(t *testing.T, n *bubble.Network) {
		w := newWorld(t, n)
		c := w.dial()
		c.subscribe("all", "")
		w.append("order", "a1", `{}`)
		w.append("order", "a1", `"`+strings.Repeat("x", 33_000)+`"`)
		w.append("stock", "p", `"`+strings.Repeat("x", 33_000)+`"`)
		c.hear()
		if m := c.hear(); m.Reference != "/orders/a1/events" || m.Version != 2 || m.Events != nil || m.Cursor == "" {
			t.Errorf("got %+v", m)
		}
		if m := c.hear(); m.Reference != "/journal" || m.Stream != "stock/p" {
			t.Errorf("got %+v", m)
		}
	})
}

func TestWhoeverIsTooSlowIsDroppedAndHoldsUpNobody(t *testing.T) {
	bubble.Run(t, func(t *testing.T, n *bubble.Network) {
		w := newWorld(t, n)
		slow, quick := w.dial(), w.dial()
		slow.subscribe("all", "")
		quick.subscribe("all", "")
		const commits = 300 // more than the network, and a subscription, hold
		start := time.Now()
		go func() {
			for range commits {
				w.append("stock", "p", `"`+strings.Repeat("x", 20_000)+`"`)
			}
		}()
		for i := range commits {
			if m := quick.hear(); m.Version != eventstore.Version(i+1) {
				t.Fatalf("got %+v", m)
			}
		}
		if took := time.Since(start); took > 0 {
			t.Errorf("the quick client waited %v for the slow one", took)
		}
		time.Sleep(5*time.Second + time.Millisecond) // a client may take 5 s to take a message
		slow.closes(-1)
		if took := time.Since(start); took > 6*time.Second {
			t.Errorf("the slow client was dropped after %v, want 5s", took)
		}
	})
}

func TestWhenTheProgramStopsItSaysSo(t *testing.T) {
	bubble.Run(t, func(t *testing.T, n *bubble.Network) {
		w := newWorld(t, n)
		c := w.dial()
		c.subscribe("all", "")
		w.stop()
		c.closes(websocket.StatusGoingAway)
	})
}

func TestARequestThatIsNoWebSocketGoesToTheAPI(t *testing.T) {
	api := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	for _, r := range []*http.Request{request(t, "GET", "/live", ""), request(t, "POST", "/live", "websocket"), request(t, "GET", "/lives", "websocket")} {
		answer := recorded{http.Header{}, 0}
		socket.Handler(nil, api).ServeHTTP(&answer, r)
		if answer.status != http.StatusTeapot {
			t.Errorf("%s %s: %d", r.Method, r.URL, answer.status)
		}
	}
}

type recorded struct {
	header http.Header
	status int
}

func (r *recorded) Header() http.Header         { return r.header }
func (r *recorded) Write(b []byte) (int, error) { return len(b), nil }
func (r *recorded) WriteHeader(status int)      { r.status = status }

func request(t *testing.T, method, target, upgrade string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, target, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Upgrade", upgrade)
	return r
}

func Example() {
	store, err := boltstore.Open(boltstore.Memory)
	if err != nil {
		fmt.Println(err)
		return
	}
	source := &live.Source{Tenant: "home", Events: store, Journal: boltstore.NewJournal(store)}
	hub := socket.New(source, store, slog.New(slog.NewTextHandler(io.Discard, nil)))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	fmt.Println(hub.Run(ctx))
	_ = json.NewEncoder(io.Discard).Encode(store.Close())
	// Output: context canceled
}
