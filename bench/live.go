package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/coder/websocket"

	"github.com/daybook-es/daybook/internal/socket"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/live"
)

// The live flow is measured with so many connections, of which some listen to
// everything and the others to one order each.
const (
	listeners  = 1000
	everything = 100
	livePace   = 10 * time.Millisecond // between events
	liveRound  = 300                   // events
	liveRounds = 8
)

// pushed compares the time from an append to its message at a client, of the
// slowest hundredth, with that of a bare echo server of the same library, to which
// as many clients send as many bytes at the same moments.
func pushed(ctx context.Context) (figures []figure, err error) {
	ours, err := newPushing(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, ours.close()) }()
	bare, err := newEchoing(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, bare.close()) }()
	const name = "live: p99 of pushes vs bare echoes"
	var ratios []float64
	for round := range liveRounds + 1 {
		progress(name, round, liveRounds+1)
		var p99 [2]time.Duration
		for i := range 2 {
			who := (i + round) % 2
			took, err := []func(context.Context) ([]time.Duration, error){ours.round, bare.round}[who](ctx)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			slices.Sort(took)
			p99[who] = took[len(took)*99/100]
		}
		if round > 0 { // the first is not counted
			ratios = append(ratios, p99[0].Seconds()/p99[1].Seconds())
		}
	}
	progress(name, liveRounds+1, liveRounds+1)
	what := fmt.Sprintf("p99 from append to push: %d WebSockets, %d of them told everything, the others one order each, 100 events a second", listeners, everything)
	return []figure{quartiles(ratios).atMost(what, "p99 of a bare echo server of the same library, as many clients, messages and bytes at the same moments", 3)}, nil
}

// pushing is ours.
type pushing struct {
	audience
	store *boltstore.Store
	ends  map[int]eventstore.Position
	next  int // order
}

func newPushing(ctx context.Context) (*pushing, error) {
	store, err := boltstore.Open(boltstore.Memory)
	if err != nil {
		return nil, err
	}
	p := &pushing{store: store, ends: make(map[int]eventstore.Position)}
	hub := socket.New(&live.Source{Tenant: "main", Events: store, Journal: boltstore.NewJournal(store)}, store, slog.New(slog.DiscardHandler))
	running, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- hub.Run(running) }()
	p.stop = []func() error{func() error {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			return errors.Join(err, store.Close())
		}
		return store.Close()
	}}
	if err := p.serve(ctx, socket.Handler(hub, http.NotFoundHandler())); err != nil {
		return nil, errors.Join(err, p.close())
	}
	for n, c := range p.clients {
		topic := string(live.Everything)
		if n >= everything {
			topic = fmt.Sprintf("order/ord_%d", n)
		}
		if err := c.Write(ctx, websocket.MessageText, fmt.Appendf(nil, `{"subscribe":%q}`, topic)); err != nil {
			return nil, errors.Join(err, p.close())
		}
		if _, _, err := c.Read(ctx); err != nil { // it is subscribed
			return nil, errors.Join(err, p.close())
		}
		go p.listen(ctx, c)
	}
	return p, nil
}

func (p *pushing) listen(ctx context.Context, c *websocket.Conn) {
	for {
		_, text, err := c.Read(ctx)
		if err != nil {
			return
		}
		var m struct {
			Stream  string
			Version int
		}
		if json.Unmarshal(text, &m) == nil {
			p.end(fmt.Sprintf("%s@%d", m.Stream, m.Version))
		}
	}
}

var noted = json.RawMessage(`{"note":"what a typical event has in it, which is some hundred bytes of JSON, neither much more nor much less"}`)

func (p *pushing) round(ctx context.Context) ([]time.Duration, error) {
	p.start(liveRound * (everything + 1))
	for range liveRound {
		n := everything + p.next%(listeners-everything)
		p.next++
		id := eventstore.StreamID{Tenant: "main", Category: order.Category, ID: fmt.Sprintf("ord_%d", n)}
		end, known := p.ends[n]
		if !known {
			end = eventstore.NoStream(id)
		}
		p.begin(fmt.Sprintf("order/%s@%d", id.ID, end.Version()+1))
		c, err := p.store.Append(ctx, id, end, eventstore.Commit{
			Events: []eventstore.Event{{Type: "order.noted.v1", Data: noted}}, Command: eventstore.CommandID{Key: fmt.Sprint(p.next)}, At: time.Now(),
		})
		if err != nil {
			return nil, err
		}
		p.ends[n] = c.End()
		time.Sleep(livePace)
	}
	return p.wait(ctx)
}

// echoing is the control.
type echoing struct {
	audience
	said int
}

func newEchoing(ctx context.Context) (*echoing, error) {
	e := new(echoing)
	err := e.serve(ctx, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		for {
			kind, text, err := c.Read(r.Context())
			if err == nil {
				err = c.Write(r.Context(), kind, text)
			}
			if err != nil {
				return
			}
		}
	}))
	if err != nil {
		return nil, errors.Join(err, e.close())
	}
	for _, c := range e.clients {
		go func() {
			for {
				_, text, err := c.Read(ctx)
				if err != nil {
					return
				}
				var m struct{ ID string }
				if json.Unmarshal(text, &m) == nil {
					e.end(m.ID)
				}
			}
		}()
	}
	return e, nil
}

func (e *echoing) round(ctx context.Context) ([]time.Duration, error) {
	e.start(liveRound * (everything + 1))
	for range liveRound {
		one := everything + e.said%(listeners-everything)
		e.said++
		for n, c := range e.clients {
			if n >= everything && n != one {
				continue
			}
			id := fmt.Sprintf("%d-%d", e.said, n)
			text := fmt.Appendf(nil, `{"id":%q,"stream":"order/ord_123","version":1,"at":"2026-11-26T00:00:00Z","events":[{"version":1,"type":"order.noted.v1","actor":null,"correlationId":null,"causationId":null,"data":%s}]}`, id, noted)
			e.begin(id)
			if err := c.Write(ctx, websocket.MessageText, text); err != nil {
				return nil, err
			}
		}
		time.Sleep(livePace)
	}
	return e.wait(ctx)
}
