package command

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// A tale is what the loop knows of a stream: its state at a position, and who
// wrote what on the way there.
type tale[S any] struct {
	state  S
	end    eventstore.Position
	since  int         // events after the newest snapshot
	keys   keys        // of the last commits under a client's key
	last   *settled[S] // the newest commit, when it was met
	own    *settled[S] // the commit with the request's own key, when it was met
	strong bool        // nothing was appended before end was read that is not in it
}

// settled is a commit that was found, and the state as of it.
type settled[S any] struct {
	state  S
	commit eventstore.Commit
}

// answer renders the first answer again, for the same request alone.
func (s *settled[S]) answer(r Request) (Answer[S], error) {
	if s.commit.Command.Fingerprint != r.Fingerprint {
		return Answer[S]{}, ErrKeyReused
	}
	return Answer[S]{State: s.state, Version: s.commit.Last(), Written: true}, nil
}

// tell tells the stream: on from where it was told last, and strongly then, for
// that is one request too; else by a load, perhaps stale.
func (l *Loop[S, E]) tell(ctx context.Context, stream eventstore.StreamID, key string) (tale[S], error) {
	t, ok := l.tales.of(stream)
	if !ok {
		return l.load(ctx, stream, eventstore.Latest, key)
	}
	if t.last != nil {
		t.meet(*t.last, key)
	}
	return t, l.readOn(ctx, &t, key)
}

// load tells the stream as of a version, perhaps stale.
func (l *Loop[S, E]) load(ctx context.Context, stream eventstore.StreamID, upTo eventstore.Version, key string) (tale[S], error) {
	commits, err := l.store.Load(ctx, stream, upTo, l.aggregate.Schema)
	if err != nil {
		return tale[S]{}, err
	}
	t := tale[S]{end: eventstore.NoStream(stream)}
	if len(commits) == 0 {
		return t, nil
	}
	if first := commits[0]; first.Snapshot != nil && first.Snapshot.Schema == l.aggregate.Schema {
		state, keys, err := decodeSnapshot[S](first.Snapshot.Data)
		if err != nil { // never trusted: the events tell
			if commits, err = l.store.Load(ctx, stream, upTo, 0); err != nil {
				return tale[S]{}, err
			}
		} else {
			t.state, t.keys, t.end = state, keys, first.End()
			t.meet(settled[S]{state, first}, key)
			commits = commits[1:]
		}
	}
	for _, c := range commits {
		if err := l.fold(&t, c, key); err != nil {
			return tale[S]{}, err
		}
	}
	return t, nil
}

// readOn continues the tale to the head of the stream.
func (l *Loop[S, E]) readOn(ctx context.Context, t *tale[S], key string) error {
	for c, err := range l.store.Read(ctx, t.end.Stream(), t.end) {
		if err != nil {
			return err
		}
		if err := l.fold(t, c, key); err != nil {
			return err
		}
	}
	t.strong = true
	return nil
}

// fold adds one commit to the tale.
func (l *Loop[S, E]) fold(t *tale[S], c eventstore.Commit, key string) error {
	if err := c.Follows(t.end); err != nil {
		return err
	}
	state := t.state
	for r := range c.Recorded() {
		e, err := l.aggregate.Events.Decode(r.Type, r.Data)
		if err != nil {
			return fmt.Errorf("%s at version %d: %w", r.Stream, r.Version, err)
		}
		state = e.Evolve(state)
	}
	l.add(t, c, state, key)
	return nil
}

// add adds a commit that led to a state.
func (l *Loop[S, E]) add(t *tale[S], c eventstore.Commit, state S, key string) {
	t.state, t.end, t.strong = state, c.End(), false
	t.since += len(c.Events)
	if c.Snapshot != nil && c.Snapshot.Schema == l.aggregate.Schema {
		t.since = 0
	}
	if c.Command.Fingerprint != "" {
		t.keys = t.keys.add(c.Command.Key, c.Last())
	}
	t.meet(settled[S]{state, c}, key)
}

// meet remembers the commit as the newest, and as the request's own if it is.
func (t *tale[S]) meet(s settled[S], key string) {
	s.commit.Snapshot = nil // nobody asks for it, and it may be large
	t.last = &s
	if s.commit.Command.Key == key {
		t.own = &s
	}
}

// recall looks for the request's commit among those before the tale began: the
// first, if the stream's id derives from the key, all since the key was not used
// yet, or one whose digest the snapshot kept.
func (l *Loop[S, E]) recall(ctx context.Context, t *tale[S], r Request) error {
	if t.own != nil || t.end.Version() == eventstore.Empty {
		return nil
	}
	if r.Creates {
		past := tale[S]{end: eventstore.NoStream(t.end.Stream())}
		for c, err := range l.store.Read(ctx, t.end.Stream(), past.end) {
			if err != nil {
				return err
			}
			if err := l.fold(&past, c, r.Key); err != nil {
				return err
			}
			break
		}
		t.own = past.own
		return nil
	}
	if r.Since != nil {
		past, err := l.load(ctx, t.end.Stream(), *r.Since, r.Key)
		if err == nil && past.own == nil {
			err = l.readOn(ctx, &past, r.Key)
		}
		t.own = past.own
		return err
	}
	for _, at := range t.keys.find(r.Key) {
		past, err := l.load(ctx, t.end.Stream(), at, r.Key)
		if err != nil {
			return err
		}
		if past.end.Version() < at { // the read was stale
			if err := l.readOn(ctx, &past, r.Key); err != nil {
				return err
			}
		}
		if past.own != nil {
			t.own = past.own
			return nil
		}
	}
	return nil
}

// commit puts together what is appended. A snapshot rides along where it costs
// no more write units, and else when it has been due for long enough.
func (l *Loop[S, E]) commit(t *tale[S], r Request, events []E) (eventstore.Commit, error) {
	c := eventstore.Commit{
		Events:  make([]eventstore.Event, len(events)),
		Command: eventstore.CommandID{Key: r.Key, Fingerprint: r.Fingerprint},
		At:      time.Now(),
	}
	for i, e := range events {
		name, data, err := l.aggregate.Events.Encode(e)
		if err != nil {
			return eventstore.Commit{}, err
		}
		c.Events[i] = eventstore.Event{Type: name, Data: data, Correlation: r.Correlation, Causation: r.Causation, Actor: r.Actor}
	}
	c, err := t.end.Extend(t.end.Stream(), c)
	if err != nil {
		return eventstore.Commit{}, err
	}
	known := t.keys
	if r.Fingerprint != "" {
		known = known.add(r.Key, c.Last())
	}
	data, err := encodeSnapshot(domain.Fold(t.state, events...), known)
	if err != nil {
		return eventstore.Commit{}, err
	}
	return withSnapshot(c, eventstore.Snapshot{Schema: l.aggregate.Schema, Data: data}, t.since+len(events)), nil
}

func sameEvents(a, b eventstore.Commit) bool {
	return slices.EqualFunc(a.Events, b.Events, func(a, b eventstore.Event) bool {
		return a.Type == b.Type && bytes.Equal(a.Data, b.Data)
	})
}
