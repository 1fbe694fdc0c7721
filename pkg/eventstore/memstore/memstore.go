// Package memstore is the event store in memory: the shortest lesson in how to
// write one, and what tests and examples run on.
package memstore

import (
	"cmp"
	"context"
	"hash/maphash"
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// A Store keeps its streams in memory. The zero value is an empty store.
type Store struct {
	mu      sync.RWMutex
	streams map[eventstore.StreamID][]eventstore.Commit
}

var _ eventstore.Store = (*Store)(nil)

// Load implements [eventstore.Store]. It is never stale.
func (s *Store) Load(ctx context.Context, stream eventstore.StreamID, upTo eventstore.Version, schema int) ([]eventstore.Commit, error) {
	commits := s.after(stream, eventstore.Empty)
	for len(commits) > 0 && commits[len(commits)-1].Last() > upTo {
		commits = commits[:len(commits)-1]
	}
	for i, c := range slices.Backward(commits) {
		if c.Snapshot != nil && c.Snapshot.Schema == schema {
			return commits[i:], ctx.Err()
		}
	}
	return commits, ctx.Err()
}

// Read implements [eventstore.Store].
func (s *Store) Read(ctx context.Context, stream eventstore.StreamID, after eventstore.Position) iter.Seq2[eventstore.Commit, error] {
	return func(yield func(eventstore.Commit, error) bool) {
		end := after
		for _, c := range s.after(stream, after.Version()) {
			err := ctx.Err()
			if err == nil {
				err = c.Follows(end)
			}
			if err != nil {
				yield(eventstore.Commit{}, err)
				return
			}
			if !yield(c, nil) {
				return
			}
			end = c.End()
		}
	}
}

// Append implements [eventstore.Store].
func (s *Store) Append(ctx context.Context, stream eventstore.StreamID, expected eventstore.Position, commit eventstore.Commit) (eventstore.Commit, error) {
	commit, err := expected.Extend(stream, commit)
	if err != nil {
		return eventstore.Commit{}, err
	}
	if err := ctx.Err(); err != nil {
		return eventstore.Commit{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	commits := s.streams[stream]
	if i, taken := search(commits, commit.First); taken && commits[i].Command.Key == commit.Command.Key {
		return commits[i], nil
	} else if taken {
		return eventstore.Commit{}, &eventstore.ConflictError{Stream: stream, Expected: expected.Version(), Next: &commits[i]}
	} else if i != len(commits) || i > 0 && commits[i-1].Last() != expected.Version() {
		return eventstore.Commit{}, &eventstore.ConflictError{Stream: stream, Expected: expected.Version()}
	}
	if s.streams == nil {
		s.streams = make(map[eventstore.StreamID][]eventstore.Commit)
	}
	s.streams[stream] = append(commits, commit)
	return commit, nil
}

var seed = maphash.MakeSeed()

// Scan implements [eventstore.Store].
func (s *Store) Scan(ctx context.Context, segment, of int) iter.Seq2[eventstore.Commit, error] {
	return func(yield func(eventstore.Commit, error) bool) {
		s.mu.RLock()
		streams := slices.Collect(maps.Keys(s.streams))
		s.mu.RUnlock()
		for _, stream := range streams {
			if maphash.Comparable(seed, stream)%uint64(of) != uint64(segment) {
				continue
			}
			for c, err := range s.Read(ctx, stream, eventstore.NoStream(stream)) {
				if !yield(c, err) || err != nil {
					return
				}
			}
		}
	}
}

// after returns the commits that begin after version v. What is returned is
// never written again, so it needs no copy.
func (s *Store) after(stream eventstore.StreamID, v eventstore.Version) []eventstore.Commit {
	s.mu.RLock()
	defer s.mu.RUnlock()
	commits := s.streams[stream]
	i, _ := search(commits, v+1)
	return slices.Clip(commits[i:])
}

// search returns the index of the commit that begins with version first, or
// where it would stand.
func search(commits []eventstore.Commit, first eventstore.Version) (int, bool) {
	return slices.BinarySearchFunc(commits, first, func(c eventstore.Commit, v eventstore.Version) int {
		return cmp.Compare(c.First, v)
	})
}
