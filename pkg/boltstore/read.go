package boltstore

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"iter"
	"slices"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// A transaction that reads is kept no longer than it takes to copy so many
// commits or bytes: while one is open, the file cannot use its free pages.
const (
	batchCommits = 1000
	batchBytes   = 1 << 20
)

// view reads from the file.
func (s *Store) view(read func(events view) error) error {
	err := guarded(func() error {
		return s.db.View(func(tx *bbolt.Tx) error { return read(s.synced(tx)) })
	})
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		return ErrClosed
	}
	return err
}

// A view of the events that are on disk. bbolt shows a transaction to readers
// before it is synced; whoever answered from one would acknowledge what a power
// cut can still take away.
type view struct {
	*bbolt.Bucket
	unsynced map[string]bool // keys
}

func (s *Store) synced(tx *bbolt.Tx) view {
	v, feed := view{Bucket: tx.Bucket(eventsBucket)}, tx.Bucket(feedBucket)
	head := s.head.Load() // after tx began: what it saw until then is on disk
	if feed.Sequence() == head {
		return v
	}
	v.unsynced = make(map[string]bool)
	c := feed.Cursor()
	for n, k := c.Seek(sequence(head + 1)); n != nil; n, k = c.Next() {
		v.unsynced[string(k)] = true
	}
	return v
}

// Load implements [eventstore.Store]. It is never stale.
func (s *Store) Load(ctx context.Context, stream eventstore.StreamID, upTo eventstore.Version, schema int) ([]eventstore.Commit, error) {
	var commits []eventstore.Commit // newest first
	err := s.view(func(events view) error {
		c, prefix := events.Cursor(), streamPrefix(stream)
		before := c.Prev
		if k, _ := c.Seek(key(stream.String(), upTo+1)); k == nil {
			before = c.Last
		}
		for k, value := before(); bytes.HasPrefix(k, prefix); k, value = c.Prev() {
			if err := ctx.Err(); err != nil {
				return err
			}
			if events.unsynced[string(k)] {
				continue
			}
			commit, err := decode(k, value)
			if err != nil {
				return err
			}
			if len(commits) == 0 && commit.Last() > upTo {
				continue
			}
			if n := len(commits); n > 0 {
				if err := commits[n-1].Follows(commit.End()); err != nil {
					return err
				}
			}
			commits = append(commits, commit)
			if schema > 0 && commit.Snapshot != nil && commit.Snapshot.Schema == schema {
				return nil
			}
		}
		if n := len(commits); n > 0 {
			return commits[n-1].Follows(eventstore.NoStream(stream))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", stream, err)
	}
	slices.Reverse(commits)
	return commits, nil
}

// Read implements [eventstore.Store].
func (s *Store) Read(ctx context.Context, stream eventstore.StreamID, after eventstore.Position) iter.Seq2[eventstore.Commit, error] {
	return func(yield func(eventstore.Commit, error) bool) {
		prefix, end := streamPrefix(stream), after
		for c, err := range s.from(ctx, key(stream.String(), after.Version()+1), prefix) {
			if err == nil {
				err = c.Follows(end)
			}
			if err != nil {
				yield(eventstore.Commit{}, fmt.Errorf("read %s: %w", stream, err))
				return
			}
			if !yield(c, nil) {
				return
			}
			end = c.End()
		}
	}
}

// Scan implements [eventstore.Store].
func (s *Store) Scan(ctx context.Context, segment, of int) iter.Seq2[eventstore.Commit, error] {
	mine := func(k []byte) bool {
		stream, _ := split(k)
		h := fnv.New32a()
		h.Write([]byte(stream))
		return h.Sum32()%uint32(of) == uint32(segment)
	}
	return eventstore.Scanned(s.filtered(ctx, []byte{}, nil, mine))
}

func (s *Store) from(ctx context.Context, start, prefix []byte) iter.Seq2[eventstore.Commit, error] {
	return s.filtered(ctx, start, prefix, func([]byte) bool { return true })
}

// filtered yields the commits from a key on, as long as keys have the prefix. It
// goes on after an item that makes no sense.
func (s *Store) filtered(ctx context.Context, start, prefix []byte, wanted func(k []byte) bool) iter.Seq2[eventstore.Commit, error] {
	type found struct {
		commit eventstore.Commit
		err    error
	}
	return func(yield func(eventstore.Commit, error) bool) {
		for start != nil {
			var batch []found
			var next []byte
			err := s.view(func(events view) error {
				size, seen := 0, 0
				c := events.Cursor()
				for k, value := c.Seek(start); k != nil && bytes.HasPrefix(k, prefix); k, value = c.Next() {
					if seen++; len(batch) == batchCommits || size > batchBytes || seen > 16*batchCommits {
						next = slices.Clone(k)
						return nil
					}
					if events.unsynced[string(k)] || !wanted(k) {
						continue
					}
					commit, err := decode(k, value)
					batch, size = append(batch, found{commit, err}), size+len(value)
				}
				return nil
			})
			for _, f := range batch {
				if e := ctx.Err(); e != nil {
					yield(eventstore.Commit{}, e)
					return
				}
				if !yield(f.commit, f.err) {
					return
				}
			}
			if err = cmp.Or(err, ctx.Err()); err != nil {
				yield(eventstore.Commit{}, err)
				return
			}
			start = next
		}
	}
}

func streamPrefix(stream eventstore.StreamID) []byte { return append([]byte(stream.String()), 0) }

func number(b []byte) uint64 {
	if len(b) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(b)
}
