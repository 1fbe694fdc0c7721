package boltstore

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"

	"go.etcd.io/bbolt"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// maxGroup is how many appends share one sync at most.
const maxGroup = 256

// A request is one append that waits for the writer.
type request struct {
	commit eventstore.Commit
	stored eventstore.Commit
	err    error
	done   chan struct{}
}

// Append implements [eventstore.Store]. The commit is on disk when it returns.
// Once the append waits for the disk its context no longer matters, so a
// cancelled append was not written.
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

func (s *Store) send(ctx context.Context, r *request) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case s.requests <- r:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// write takes whatever appends wait and puts them on disk with one sync. While
// it syncs the next group gathers, and a lone append waits for nobody.
func (s *Store) write() {
	defer close(s.ended)
	for first := range s.requests {
		group := []*request{first}
		for len(group) < maxGroup {
			select {
			case r, open := <-s.requests:
				if open {
					group = append(group, r)
					continue
				}
			default:
			}
			break
		}
		s.commit(group)
	}
}

func (s *Store) commit(group []*request) {
	head, err := s.put(group)
	if err == nil {
		s.head.Store(head)
		s.news.tell()
	}
	for _, r := range group {
		if err != nil {
			r.stored, r.err = eventstore.Commit{}, fmt.Errorf("append to %s: %w: %w", r.commit.Stream, eventstore.ErrUnavailable, err)
		}
		close(r.done)
	}
}

// put writes the group in one transaction, each append on a condition of its
// own, and returns the head of the feed.
func (s *Store) put(group []*request) (head uint64, err error) {
	defer guard(&err)()
	err = s.db.Update(func(tx *bbolt.Tx) error {
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
				return err
			}
			if err := events.Put(k, encode(r.commit.Item())); err != nil {
				return err
			}
			if err := feed.Put(sequence(n), k); err != nil {
				return err
			}
			r.stored = r.commit
		}
		head = feed.Sequence()
		return nil
	})
	return head, err
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

// guard makes an error of the panics with which bbolt answers a damaged page,
// and of a fault on a page that the disk cannot give.
func guard(err *error) func() {
	old := debug.SetPanicOnFault(true)
	return func() {
		debug.SetPanicOnFault(old)
		if p := recover(); p != nil {
			*err = fmt.Errorf("the file is damaged: %v", p)
		}
	}
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
