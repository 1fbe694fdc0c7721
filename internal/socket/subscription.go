package socket

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/daybook-es/daybook/pkg/live"
)

// mostWaiting is how many messages wait for a client; one that is further behind
// reads the store.
const mostWaiting = 128

// A subscription is one topic of one connection.
type subscription struct {
	*connection
	topic live.Topic

	// The writer's alone:
	place live.Place // after what was written last
	fresh bool       // its beginning is not acknowledged

	waits   sync.Mutex
	waiting []*live.Message // what was told since
	behind  bool            // there is more than that: read the store
}

// offer hands a message to the writer.
func (s *subscription) offer(m *live.Message) {
	s.waits.Lock()
	if len(s.waiting) == mostWaiting {
		s.waiting, s.behind = nil, true
	} else {
		s.waiting = append(s.waiting, m)
	}
	s.waits.Unlock()
	s.nudge()
}

func (s *subscription) take() (waiting []*live.Message, behind bool) {
	s.waits.Lock()
	defer s.waits.Unlock()
	waiting, behind = s.waiting, s.behind
	s.waiting, s.behind = nil, false
	return waiting, behind
}

// flush writes what there is to tell, each message once and in order. What is told
// while it reads the store comes twice and is known by its place.
func (s *subscription) flush(ctx context.Context) error {
	if s.fresh {
		text, err := json.Marshal(map[string]any{"subscribed": s.topic, "cursor": s.place.Cursor()})
		if err != nil {
			return err
		}
		if err := s.say(ctx, text); err != nil {
			return err
		}
		s.fresh = false
	}
	for {
		waiting, behind := s.take()
		if behind {
			if err := s.catchUp(ctx); err != nil {
				return err
			}
			continue
		}
		if len(waiting) == 0 {
			return nil
		}
		for _, m := range waiting {
			if err := s.pass(ctx, m); err != nil {
				return err
			}
		}
	}
}

func (s *subscription) catchUp(ctx context.Context) error {
	for {
		messages, next, err := s.hub.source.Next(ctx, s.topic, s.place)
		if err != nil {
			return err
		}
		for _, m := range messages {
			if err := s.pass(ctx, m); err != nil {
				return err
			}
		}
		if next.Cursor() == s.place.Cursor() && len(messages) == 0 {
			return nil
		}
		s.place = next
	}
}

func (s *subscription) pass(ctx context.Context, m *live.Message) error {
	if s.place.Holds(m) {
		return nil
	}
	if err := s.say(ctx, m.Text); err != nil {
		return err
	}
	s.place = m.Place
	return nil
}
