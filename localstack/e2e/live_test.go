package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// A word is any message of the WebSocket.
type word struct {
	Subscribed, Unsubscribed, Topic, Stream, Cursor string
	Version                                         int
	Events                                          []struct{ Type string }
	Error                                           *struct{ Code, Detail string }
}

// An ear is a client of the WebSocket.
type ear struct {
	*testing.T
	ws *websocket.Conn
}

// address returns what GET /live says.
func (s *stack) address(t *testing.T) string {
	t.Helper()
	var where struct{ URL string }
	if status := s.get(t, "/live", &where); status != http.StatusOK || !strings.Contains(where.URL, s.outputs["LiveApiId"]) {
		t.Fatalf("GET /live: %d %s", status, where.URL)
	}
	return where.URL
}

func (s *stack) dial(t *testing.T) *ear {
	t.Helper()
	ws, answer, err := websocket.Dial(t.Context(), s.address(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	if answer.Body != nil {
		_ = answer.Body.Close()
	}
	t.Cleanup(func() { _ = ws.CloseNow() })
	return &ear{t, ws}
}

func (l *ear) say(text string) {
	l.Helper()
	if err := l.ws.Write(l.Context(), websocket.MessageText, []byte(text)); err != nil {
		l.Fatal(err)
	}
}

func (l *ear) hear() (m word) {
	l.Helper()
	_, text, err := l.ws.Read(l.Context())
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		l.Fatalf("%s: %v", text, err)
	}
	return m
}

// subscribe returns where the topic begins.
func (l *ear) subscribe(topic, after string) string {
	l.Helper()
	l.say(fmt.Sprintf(`{"subscribe":%q,"after":%q}`, topic, after))
	m := l.hear()
	if m.Subscribed != topic || m.Cursor == "" {
		l.Fatalf("%s after %q: %+v %+v", topic, after, m, m.Error)
	}
	return m.Cursor
}

// A trail is what was told of one stream: commit follows commit.
type trail struct {
	version int
	last    string
}

func (r *trail) add(t *testing.T, m word) {
	t.Helper()
	if len(m.Events) == 0 || m.Version != r.version+len(m.Events) {
		t.Fatalf("%+v follows version %d", m, r.version)
	}
	r.version, r.last = m.Version, m.Events[len(m.Events)-1].Type
}

const shipped = "order.shipped.v1"

func TestAnOrderIsToldUntilItShips(t *testing.T) {
	s := open(t)
	p := want(s.receive(t, 10), 1)
	s.place(t, p)
	l := s.dial(t)
	l.subscribe("order/"+p.id, "0")
	var r trail
	r.add(t, l.hear()) // it was placed
	s.post(t, "/orders/"+p.id+"/submit", fresh("submit"), "", http.StatusAccepted)
	for r.last != shipped {
		r.add(t, l.hear())
	}
	l.say(`{"unsubscribe":"order/` + p.id + `"}`)
	if m := l.hear(); m.Unsubscribed != "order/"+p.id {
		t.Errorf("got %+v", m)
	}
}

func TestWhoeverComesBackToAllHasMissedNothing(t *testing.T) {
	s := open(t)
	product := s.receive(t, 10)
	l := s.dial(t)
	cursor := l.subscribe("all", "")
	p := want(product, 1)
	s.place(t, p)
	trails := map[string]*trail{}
	next := func() {
		t.Helper()
		m := l.hear()
		if cursor = m.Cursor; !strings.HasSuffix(m.Stream, "/"+p.id) {
			return
		}
		if trails[m.Stream] == nil {
			trails[m.Stream] = new(trail)
		}
		trails[m.Stream].add(t, m)
	}
	own := "order/" + p.id
	for trails[own] == nil {
		next()
	}
	if err := l.ws.CloseNow(); err != nil {
		t.Fatal(err)
	}
	s.post(t, "/orders/"+p.id+"/submit", fresh("submit"), "", http.StatusAccepted)
	s.ended(t, p.id)
	l = s.dial(t)
	l.subscribe("all", cursor)
	for trails[own].last != shipped {
		next()
	}
	if trails["payment/"+p.id] == nil || trails["shipment/"+p.id] == nil {
		t.Errorf("told of %v", trails)
	}
}

func TestATicketOpensOneConnection(t *testing.T) {
	s := open(t)
	address := s.address(t)
	for i, url := range []string{address, address, strings.TrimSuffix(address, address[len(address)-3:]) + "AAA", address[:strings.Index(address, "?")]} {
		ws, answer, err := websocket.Dial(t.Context(), url, nil)
		if (err == nil) != (i == 0) {
			t.Errorf("%d: %v, %v", i, answer, err)
		}
		if ws != nil {
			_ = ws.CloseNow()
		}
	}
}

func TestAFrameWithoutSenseIsRefusedAndTheRestGoesOn(t *testing.T) {
	l := open(t).dial(t)
	for frame, code := range map[string]string{
		`x`: "frame.malformed", `{"none":"$connect"}`: "frame.malformed", `{"subscribe":"everything"}`: "topic.unknown",
		`{"subscribe":"stock/p"}`: "topic.unknown", `{"subscribe":"all","after":"x"}`: "cursor.unknown", `{"unsubscribe":"all"}`: "topic.not_subscribed",
	} {
		l.say(frame)
		if m := l.hear(); m.Error == nil || m.Error.Code != code || m.Error.Detail == "" {
			t.Errorf("%s: %+v %+v, want %s", frame, m, m.Error, code)
		}
	}
	l.subscribe("order/none", "")
	l.say(`{"subscribe":"order/none"}`)
	if m := l.hear(); m.Error == nil || m.Error.Code != "topic.subscribed" {
		t.Errorf("twice: %+v", m)
	}
}
