// Package socket pushes what happens to clients of the embedded run, over
// WebSocket.
//
// No client has a queue that grows: each subscription holds the last few messages,
// which all share, and whoever falls behind them reads what it missed from the
// store, as somebody does who comes back. So resuming, catching up and being told
// live are one way, and a slow client costs nobody anything.
package socket

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/httpapi"
	"github.com/daybook-es/daybook/pkg/live"
	"github.com/daybook-es/daybook/pkg/readmodel/journal"
)

// A Feed tells that something was committed, as [boltstore.Store] does.
type Feed interface {
	Head() uint64
	Follow(ctx context.Context, after uint64, f func(seq uint64, commits []eventstore.Commit) error) error
}

// A Hub is where subscriptions meet what happens.
type Hub struct {
	source *live.Source
	feed   Feed
	log    *slog.Logger

	mu        sync.RWMutex
	topics    map[live.Topic]map[*subscription]struct{}
	customers int           // subscriptions to the orders of one
	closed    chan struct{} // when Run has ended
}

// New returns a hub, which tells nothing before it runs.
func New(source *live.Source, feed Feed, log *slog.Logger) *Hub {
	return &Hub{source: source, feed: feed, log: log, topics: make(map[live.Topic]map[*subscription]struct{}), closed: make(chan struct{})}
}

// Run tells subscribers what is committed, until the context ends; then it closes
// their connections, and returns the context's error. It is called once. A fault is
// logged, and what comes after it waits until it has passed.
func (h *Hub) Run(ctx context.Context) error {
	defer close(h.closed)
	at, err := h.source.Journal.End(ctx, h.source.Tenant)
	for {
		if err == nil {
			at, err = h.follow(ctx, at)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		h.log.ErrorContext(ctx, "live: what happens is not told", "err", err)
		select {
		case <-time.After(time.Second):
			err = nil
		case <-ctx.Done():
		}
	}
}

// follow returns how far it came, with an error.
func (h *Hub) follow(ctx context.Context, at journal.Cursor) (journal.Cursor, error) {
	seq := h.feed.Head()
	at, err := h.tellAfter(ctx, at)
	if err != nil {
		return at, err
	}
	err = h.feed.Follow(ctx, seq, func(uint64, []eventstore.Commit) (err error) {
		at, err = h.tellAfter(ctx, at)
		return err
	})
	return at, err
}

// tellAfter tells what the journal has after a cursor, and returns how far it came.
func (h *Hub) tellAfter(ctx context.Context, at journal.Cursor) (journal.Cursor, error) {
	for {
		entries, next, err := h.source.Journal.Read(ctx, journal.Page{Tenant: h.source.Tenant, After: at, Limit: 100})
		if err != nil || next.Equal(at) {
			return at, err
		}
		for _, e := range entries {
			if err := h.tell(ctx, e); err != nil {
				return at, err
			}
			at = e.Cursor
		}
		at = next
	}
}

// tell offers an entry to whom it concerns. Each message is made once, where
// somebody wants it.
func (h *Hub) tell(ctx context.Context, e journal.Entry) error {
	topics, err := h.concerned(ctx, e)
	if err != nil {
		return err
	}
	for _, t := range topics {
		m, err := h.source.Tell(ctx, t, e)
		if err != nil {
			return err
		}
		h.mu.RLock()
		for s := range h.topics[t] {
			s.offer(m)
		}
		h.mu.RUnlock()
	}
	return nil
}

// concerned returns the topics of an entry that somebody is subscribed to.
func (h *Hub) concerned(ctx context.Context, e journal.Entry) (topics []live.Topic, err error) {
	all := []live.Topic{live.Everything, live.StreamTopic(e.Commit.Stream)}
	h.mu.RLock()
	customers := h.customers > 0
	h.mu.RUnlock()
	if customers {
		customer, err := h.source.CustomerOf(ctx, e.Commit)
		if err != nil {
			return nil, err
		}
		all = append(all, live.CustomerTopic(customer))
	}
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, t := range all {
		if len(h.topics[t]) > 0 {
			topics = append(topics, t)
		}
	}
	return topics, nil
}

func (h *Hub) join(s *subscription) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.topics[s.topic] == nil {
		h.topics[s.topic] = make(map[*subscription]struct{})
	}
	h.topics[s.topic][s] = struct{}{}
	if s.topic.OfCustomer() {
		h.customers++
	}
}

func (h *Hub) leave(s *subscription) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if delete(h.topics[s.topic], s); len(h.topics[s.topic]) == 0 {
		delete(h.topics, s.topic)
	}
	if s.topic.OfCustomer() {
		h.customers--
	}
}

// Handler serves the hub to requests that want to be a WebSocket at /live, and
// leaves all others to the API.
func Handler(h *Hub, api http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/live" && r.Method == http.MethodGet && strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
			h.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})
}

// ServeHTTP makes a connection of a request for one. A page of another origin gets
// none: a browser would let it listen.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if origin := r.Header.Get("Origin"); origin != "" {
		if from, err := url.Parse(origin); err != nil || !strings.EqualFold(from.Host, r.Host) {
			httpapi.Refuse(w, r, http.StatusForbidden, "origin.foreign", "a page of another origin may not listen")
			return
		}
	}
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true}) // the origin is ours
	if err != nil {
		return // it has answered
	}
	ws.SetReadLimit(live.LargestFrame)
	c := &connection{
		hub: h, ws: ws, wake: make(chan struct{}, 1), answers: make(chan []byte, 8),
		topics: make(map[live.Topic]*subscription),
	}
	c.serve(context.WithoutCancel(r.Context()))
}
