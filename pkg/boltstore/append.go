package boltstore

import (
	"context"
	"fmt"
	"sync"

	"go.etcd.io/bbolt"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// A request is one append that waits for the writer.
type request struct {
	commit eventstore.Commit
	stored eventstore.Commit
	err    error
	done   chan struct{}
}

// Append implements [eventstore.Store]. The commit is on disk when it returns.
// Once the append waits for the disk its context no longer matters, so a
// cancelled append was not written. [ErrBroken] says that it was not either.
func (s *Store) Append(ctx context.Context, stream eventstore.StreamID, expected eventstore.Position, commit eventstore.Commit) (eventstore.Commit, error) {
	commit, err := expected.Extend(stream, commit)
	if err != nil {
		return eventstore.Commit{}, err
	}
	r := &request{commit: commit, done: make(chan struct{})}
	if err := s.send(ctx, r); err != nil {
		return eventstore.Commit{}, fmt.Errorf("append to %s: %w", stream, err)
	}
	<-r.done
	return r.stored, r.err
}

func (s *Store) commit(group []*request) {
	var head uint64
	err := s.update(func(tx *bbolt.Tx) (err error) {
		head, err = put(tx, group)
		return err
	})
	if err == nil {
		s.head.Store(head)
		s.news.tell()
	}
	for _, r := range group {
		if err != nil {
			r.stored, r.err = eventstore.Commit{}, fmt.Errorf("append to %s: %w", r.commit.Stream, err)
		}
		close(r.done)
	}
}

// put writes the group, each append on a condition of its own, and returns the
// head of the feed.
func put(tx *bbolt.Tx, group []*request) (head uint64, err error) {
	events, feed := tx.Bucket(eventsBucket), tx.Bucket(feedBucket)
	feed.FillPercent = 1 // it only grows at its end
	for _, r := range group {
		k := key(r.commit.Stream.String(), r.commit.First)
		if there := events.Get(k); there != nil {
			if r.stored, r.err = conflict(k, there, r.commit); r.err != nil {
				r.stored = eventstore.Commit{}
			}
			continue
		}
		n, err := feed.NextSequence()
		if err != nil {
			return 0, err
		}
		if err := events.Put(k, encode(r.commit.Item())); err != nil {
			return 0, err
		}
		if err := feed.Put(sequence(n), k); err != nil {
			return 0, err
		}
		r.stored = r.commit
	}
	return feed.Sequence(), nil
}

// conflict answers an append whose place is taken: by itself, or by another.
func conflict(k, there []byte, wanted eventstore.Commit) (eventstore.Commit, error) {
	next, err := decode(k, there)
	if err != nil {
		return next, fmt.Errorf("append to %s: %w", wanted.Stream, err)
	}
	if next.Command.Key == wanted.Command.Key {
		return next, nil
	}
	return next, &eventstore.ConflictError{Stream: wanted.Stream, Expected: wanted.First - 1, Next: &next}
}

// news wakes all who wait for something new.
type news struct {
	mu   sync.Mutex
	next chan struct{}
}

// wait returns a channel that is closed when something new comes.
func (n *news) wait() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.next == nil {
		n.next = make(chan struct{})
	}
	return n.next
}

func (n *news) tell() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.next != nil {
		close(n.next)
		n.next = nil
	}
}
