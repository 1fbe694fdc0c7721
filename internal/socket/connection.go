package socket

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/daybook-es/daybook/pkg/live"
)

const (
	// mostTopics is how many subscriptions a connection has at most.
	mostTopics = 100

	// heartbeat is how often a client that is told nothing is asked whether it is
	// still there.
	heartbeat = 30 * time.Second

	// patience is how long a client may take to take a message.
	patience = 5 * time.Second
)

// A connection has one reader and one writer; only the writer writes.
type connection struct {
	hub *Hub
	ws  *websocket.Conn

	wake    chan struct{}
	answers chan []byte // to frames; a client that reads none is read no further

	mu     sync.Mutex
	topics map[live.Topic]*subscription
}

func (c *connection) serve(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer c.leave()
	var wg sync.WaitGroup
	wg.Go(func() {
		defer cancel()
		c.write(ctx)
	})
	c.read(ctx)
	cancel()
	wg.Wait()
}

func (c *connection) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.topics {
		c.hub.leave(s)
	}
	c.topics = nil
}

// read does what the client asks for, until one of them is gone.
func (c *connection) read(ctx context.Context) {
	for {
		kind, text, err := c.ws.Read(ctx)
		if err != nil {
			return // the library has closed with the status that says why
		}
		if kind != websocket.MessageText {
			_ = c.ws.Close(websocket.StatusUnsupportedData, "frames are JSON, as text")
			return
		}
		answer, err := c.do(ctx, text)
		if err != nil {
			c.hub.log.ErrorContext(ctx, "live: frame failed", "err", err)
			_ = c.ws.Close(websocket.StatusInternalError, "something failed here; connect again")
			return
		}
		if answer == nil {
			continue
		}
		select {
		case c.answers <- answer:
		case <-ctx.Done():
			return
		}
	}
}

// do returns what is answered at once, or a fault.
func (c *connection) do(ctx context.Context, text []byte) ([]byte, error) {
	f, err := live.ParseFrame(text)
	switch {
	case err == nil && f.Subscribe != "":
		err = c.subscribe(ctx, f)
	case err == nil:
		err = c.unsubscribe(f.Unsubscribe)
		if err == nil {
			return json.Marshal(map[string]live.Topic{"unsubscribed": f.Unsubscribe})
		}
	}
	refusal, refused := errors.AsType[*live.Refusal](err)
	if !refused {
		return nil, err
	}
	return json.Marshal(map[string]*live.Refusal{"error": refusal})
}

func (c *connection) subscribe(ctx context.Context, f live.Frame) error {
	c.mu.Lock()
	_, twice := c.topics[f.Subscribe]
	full := len(c.topics) >= mostTopics
	c.mu.Unlock()
	switch {
	case twice:
		return &live.Refusal{Code: "topic.subscribed", Detail: "you are subscribed to " + string(f.Subscribe) + " already; unsubscribe first to begin elsewhere"}
	case full:
		return &live.Refusal{Code: "topic.too_many", Detail: "a connection has at most 100 subscriptions; unsubscribe from some, or subscribe to all"}
	}
	place, err := c.hub.source.Begin(ctx, f.Subscribe, f.After)
	if err != nil {
		return err
	}
	s := &subscription{connection: c, topic: f.Subscribe, place: place, fresh: true, behind: true}
	c.mu.Lock()
	c.topics[s.topic] = s
	c.mu.Unlock()
	c.hub.join(s) // before what it missed is read
	c.nudge()
	return nil
}

func (c *connection) unsubscribe(topic live.Topic) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.topics[topic]
	if s == nil {
		return &live.Refusal{Code: "topic.not_subscribed", Detail: "you are not subscribed to " + string(topic)}
	}
	c.hub.leave(s)
	delete(c.topics, topic)
	return nil
}

func (c *connection) nudge() {
	select {
	case c.wake <- struct{}{}:
	default: // it is awake
	}
}

func (c *connection) write(ctx context.Context) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-c.hub.closed:
			_ = c.ws.Close(websocket.StatusGoingAway, "the server stops; connect again")
			return
		case <-beat.C:
			err = c.ping(ctx)
		case answer := <-c.answers:
			err = c.say(ctx, answer)
		case <-c.wake:
			if err = c.answer(ctx); err == nil {
				err = c.tell(ctx)
			}
		}
		if err != nil {
			_ = c.ws.CloseNow() // it is gone, or too slow; it may come back to where it was
			return
		}
	}
}

// answer writes the answers to frames so far, so that an unsubscribe is confirmed
// before a later subscribe of the same topic.
func (c *connection) answer(ctx context.Context) error {
	for {
		select {
		case answer := <-c.answers:
			if err := c.say(ctx, answer); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

func (c *connection) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return c.ws.Ping(ctx)
}

func (c *connection) say(ctx context.Context, text []byte) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return c.ws.Write(ctx, websocket.MessageText, text)
}

// tell writes what is new in every subscription.
func (c *connection) tell(ctx context.Context) error {
	c.mu.Lock()
	all := make([]*subscription, 0, len(c.topics))
	for _, s := range c.topics {
		all = append(all, s)
	}
	c.mu.Unlock()
	for _, s := range all {
		if err := s.flush(ctx); err != nil {
			return err
		}
	}
	return nil
}
