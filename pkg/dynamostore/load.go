package dynamostore

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// Load implements [eventstore.Store]. It reads eventually consistent, at half
// the price; where the pages do not join it reads once more, strongly.
func (s *Store) Load(ctx context.Context, stream eventstore.StreamID, upTo eventstore.Version, schema int) ([]eventstore.Commit, error) {
	commits, err := s.load(ctx, stream, upTo, schema, false)
	if _, hole := errors.AsType[*eventstore.HoleError](err); hole {
		return s.load(ctx, stream, upTo, schema, true)
	}
	return commits, err
}

func (s *Store) load(ctx context.Context, stream eventstore.StreamID, upTo eventstore.Version, schema int, strong bool) ([]eventstore.Commit, error) {
	limit := s.limit(stream.Category)
	in := s.query(stream, "p = :p AND v <= :v", upTo)
	in.ScanIndexForward, in.ConsistentRead, in.Limit = new(false), &strong, new(limit.commits())

	var commits []eventstore.Commit // newest first
	for c, err := range s.queried(ctx, in) {
		if err != nil {
			return nil, fault(ctx, "load "+stream.String(), err)
		}
		if n := len(commits); n > 0 {
			if err := commits[n-1].Follows(c.End()); err != nil {
				return nil, err
			}
		}
		commits = append(commits, c)
		snapshot := schema > 0 && c.Snapshot != nil && c.Snapshot.Schema == schema && c.Last() <= upTo
		if snapshot || c.First == 1 {
			return limit.learn(commits, upTo), nil
		}
	}
	if n := len(commits); n > 0 {
		return nil, commits[n-1].Follows(eventstore.NoStream(stream))
	}
	return nil, nil
}

const (
	// minLimit commits of one write unit are half a read unit together.
	minLimit = 4
	// maxLimit bounds what a replay of long streams can teach.
	maxLimit = 1000
	// window is how many loads a limit looks back on: more than a busy stream
	// sees from one of its snapshots to the next.
	window = 1024
)

// A limit is how many commits the first page of a load asks for. One request
// should do, and what is read beyond the snapshot is paid for in vain; so it
// stays well above the longest load of late, since the next one of that stream
// needs a commit more until a snapshot comes, and of a category of which nothing
// is known yet it asks for as many as there may be.
type limit struct {
	mu      sync.Mutex
	now     int // commits
	longest int // load in this window
	left    int // loads in this window
	size    int // of this window, which doubles: a young limit learns fast
}

func (s *Store) limit(category string) *limit {
	l, ok := s.limits.Load(category)
	if !ok {
		l, _ = s.limits.LoadOrStore(category, &limit{now: maxLimit, left: 1, size: 1})
	}
	return l.(*limit)
}

func (l *limit) commits() int32 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return int32(l.now)
}

// learn takes a load's commits, newest first, and returns them oldest first,
// without the one that goes beyond upTo.
func (l *limit) learn(commits []eventstore.Commit, upTo eventstore.Version) []eventstore.Commit {
	l.mu.Lock()
	l.longest = max(l.longest, len(commits))
	l.now = max(l.now, roomFor(len(commits)))
	if l.left--; l.left == 0 {
		l.now = roomFor(l.longest)
		l.size = min(2*l.size, window)
		l.longest, l.left = 0, l.size
	}
	l.mu.Unlock()
	if commits[0].Last() > upTo {
		commits = commits[1:]
	}
	slices.Reverse(commits)
	return commits
}

func roomFor(commits int) int { return min(max(commits+3*commits/4, minLimit), maxLimit) }
