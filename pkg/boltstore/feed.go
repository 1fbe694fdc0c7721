package boltstore

import (
	"context"

	"go.etcd.io/bbolt"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// Head returns the sequence of the last commit: commits are numbered from 1, in
// the order in which they came to the disk.
func (s *Store) Head() uint64 { return s.head.Load() }

// Follow hands the commits after a sequence to f, in order, in batches, and
// waits for more, until ctx ends, f returns an error, or the store is closed.
// seq is that of the batch's last commit. A commit that makes no sense holds back
// no other: of it f gets the sequence, and no commit. Nobody waits for f.
func (s *Store) Follow(ctx context.Context, after uint64, f func(seq uint64, commits []eventstore.Commit) error) error {
	for {
		more := s.news.wait()
		seq, commits, err := s.batch(after)
		if err != nil {
			return err
		}
		if seq > after {
			if err := f(seq, commits); err != nil {
				return err
			}
			if after = seq; ctx.Err() == nil {
				continue
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-more:
		}
	}
}

// batch reads what comes next in the feed: commits, or one that makes no sense, of
// which there is the number alone.
func (s *Store) batch(after uint64) (seq uint64, commits []eventstore.Commit, err error) {
	size := 0
	err = s.walk(after, func(n uint64, k, value []byte) bool {
		commit, err := decode(k, value)
		if err != nil && len(commits) == 0 {
			seq = n
		}
		if err != nil {
			return false
		}
		seq, commits, size = n, append(commits, commit), size+len(value)
		return len(commits) < batchCommits && size < batchBytes
	})
	return seq, commits, err
}

// walk calls f with the items of the feed after a number, until it returns false,
// in one transaction.
func (s *Store) walk(after uint64, f func(n uint64, k, value []byte) bool) error {
	s.mu.RLock() // keeps the file open
	defer s.mu.RUnlock()
	if s.closed {
		return ErrClosed
	}
	head := s.head.Load() // what comes after is not on disk yet
	return guarded(func() error {
		return s.db.View(func(tx *bbolt.Tx) error {
			events, c := tx.Bucket(eventsBucket), tx.Bucket(feedBucket).Cursor()
			for n, k := c.Seek(sequence(after + 1)); n != nil && number(n) <= head; n, k = c.Next() {
				if !f(number(n), k, events.Get(k)) {
					break
				}
			}
			return nil
		})
	})
}

// Consume follows the feed from the named checkpoint. The checkpoint moves, on
// disk, only once f has returned nil, so f returns when its effect is on disk.
// After a crash f sees some commits again, and misses none. It returns as
// Follow does; an error of f moves nothing.
func (s *Store) Consume(ctx context.Context, name string, f func(ctx context.Context, commits []eventstore.Commit) error) error {
	from, err := s.Checkpoint(name)
	if err != nil {
		return err
	}
	return s.Follow(ctx, from, func(seq uint64, commits []eventstore.Commit) error {
		if err := f(ctx, commits); err != nil {
			return err
		}
		return s.update(func(tx *bbolt.Tx) error {
			return tx.Bucket(checkpointsBucket).Put([]byte(name), sequence(seq))
		})
	})
}

// Checkpoint returns how far the named consumer has come, 0 for a new one.
func (s *Store) Checkpoint(name string) (seq uint64, err error) {
	defer guard(&err)()
	err = s.db.View(func(tx *bbolt.Tx) error {
		seq = number(tx.Bucket(checkpointsBucket).Get([]byte(name)))
		return nil
	})
	return seq, err
}
