// Package push tells clients of the deployed run what happens, over a WebSocket
// API of API Gateway.
//
// A subscription has a place in its topic, and whoever tells it more takes it
// first, for a while: so of several that were woken at once one reads on from the
// place, and whoever found it taken only says that there is more. Resuming,
// catching up and being told live are one way, as in package socket.
package push

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/daybook-es/daybook/internal/cloud"
	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/live"
)

// A Teller tells subscriptions what they were not told. All its fields are needed.
type Teller struct {
	Source      *live.Source
	Connections *dynamostore.Connections
	Line        *Line
	Log         *slog.Logger
}

// New returns the teller of a function.
func New(env *cloud.Environment) *Teller {
	return &Teller{
		Source:      &live.Source{Tenant: env.Tenant, Events: env.Events(), Journal: env.Journal()},
		Connections: env.Connections(), Line: &Line{URL: env.Stage(), AWS: env.AWS}, Log: env.Log,
	}
}

// atOnce is how many clients are told at a time.
const atOnce = 32

// topic tells all who are subscribed to a topic. One whom that fails for holds up
// no other.
func (t *Teller) topic(ctx context.Context, topic live.Topic, connections []string) error {
	var mu sync.Mutex
	var failed error
	var wg sync.WaitGroup
	room := make(chan struct{}, atOnce)
	for _, connection := range connections {
		room <- struct{}{}
		wg.Go(func() {
			defer func() { <-room }()
			l, err := t.Connections.Take(ctx, connection, string(topic))
			if err == nil && l != nil {
				err = t.tell(ctx, l)
			}
			if err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed = errors.Join(failed, fmt.Errorf("tell %s: %w", topic, err))
			}
		})
	}
	wg.Wait()
	return failed
}

// tell tells a subscription, which the caller has taken, until there is nothing
// more, and gives it up. Whoever is gone or too slow is forgotten, which is no error.
func (t *Teller) tell(ctx context.Context, l *dynamostore.Lease) error {
	err := t.read(ctx, l)
	if err == nil || errors.Is(err, dynamostore.ErrLost) {
		return nil
	}
	clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	refused, _ := errors.AsType[*live.Refusal](err) // its place is none any more: the journal is another
	switch {
	case errors.Is(err, errGone):
		return t.Connections.Forget(clean, l.Connection)
	case errors.Is(err, errSlow), refused != nil:
		t.Log.InfoContext(ctx, "live: connection dropped", "topic", l.Topic, "err", err)
		return t.end(clean, l.Connection)
	}
	if gave := t.Connections.Yield(clean, l); gave != nil && !errors.Is(gave, dynamostore.ErrLost) {
		return errors.Join(err, gave)
	}
	return err
}

// end ends a connection.
func (t *Teller) end(ctx context.Context, connection string) error {
	return errors.Join(t.Connections.Forget(ctx, connection), t.Line.drop(ctx, connection))
}

func (t *Teller) read(ctx context.Context, l *dynamostore.Lease) error {
	topic := live.Topic(l.Topic)
	place, err := t.Source.Begin(ctx, topic, l.Place)
	if err != nil {
		return err
	}
	for {
		messages, next, err := t.Source.Next(ctx, topic, place)
		if err != nil {
			return err
		}
		for _, m := range messages {
			if err := t.Line.post(ctx, l.Connection, m.Text); err != nil {
				return err
			}
			if err := t.Connections.Move(ctx, l, m.Place.Cursor()); err != nil {
				return err
			}
		}
		if place = next; place.Cursor() != l.Place {
			if err := t.Connections.Move(ctx, l, place.Cursor()); err != nil {
				return err
			}
			continue
		}
		if len(messages) > 0 {
			continue
		}
		done, err := t.Connections.Release(ctx, l)
		if done || err != nil {
			return err
		}
	}
}
