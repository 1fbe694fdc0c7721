package dynamostore

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"

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
	in.ScanIndexForward, in.ConsistentRead, in.Limit = new(false), &strong, new(limit.Load())

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
)

// A limit is how many commits the first page of a load asks for, by what the
// category's loads needed lately: one request should do, and what is read
// beyond the snapshot is paid for in vain. Concurrent loads may overwrite what
// another has learned; the next one learns it again.
type limit struct{ atomic.Int32 }

func (s *Store) limit(category string) *limit {
	if l, ok := s.limits.Load(category); ok {
		return l.(*limit)
	}
	first := new(limit)
	first.Store(minLimit)
	l, _ := s.limits.LoadOrStore(category, first)
	return l.(*limit)
}

// learn takes a load's commits, newest first, and returns them oldest first,
// without the one that goes beyond upTo. The limit grows at once to more than
// was needed, since the next load needs one commit more until a snapshot comes,
// and shrinks over some hundred loads that needed less than half of it.
func (l *limit) learn(commits []eventstore.Commit, upTo eventstore.Version) []eventstore.Commit {
	needed, now := int32(min(len(commits), maxLimit)), l.Load()
	switch {
	case needed > now:
		l.Store(min(needed+3*needed/4, maxLimit))
	case 2*needed < now && now > minLimit:
		l.Store(now - 1 - now/128)
	}
	if commits[0].Last() > upTo {
		commits = commits[1:]
	}
	slices.Reverse(commits)
	return commits
}
