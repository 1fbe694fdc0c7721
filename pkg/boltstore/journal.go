package boltstore

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/daybook-es/daybook/pkg/readmodel/journal"
)

// A Journal is the store's own feed, in which all commits are numbered without a
// gap when they come to the disk: it is one segment, costs no write and no memory,
// and its cursors outlive the process.
type Journal struct {
	store *Store

	mu    sync.Mutex
	times []latest // one each timesEvery commits
}

// latest is the latest commit time up to a number. Commit times nearly ascend; the
// latest so far does, so what is wholly before a time is found by halving.
type latest struct {
	seq uint64
	at  time.Time
}

const timesEvery = 256

var _ journal.Store = (*Journal)(nil)

// NewJournal returns the journal of a store.
func NewJournal(s *Store) *Journal { return &Journal{store: s} }

// End implements [journal.Store].
func (j *Journal) End(ctx context.Context, _ string) (journal.Cursor, error) {
	return journal.Cursor{j.store.Head()}, ctx.Err()
}

// Complete implements [journal.Store]: whatever was acknowledged is in the feed.
func (j *Journal) Complete(ctx context.Context, _ string) (time.Time, error) {
	return time.Now().UTC().Truncate(time.Millisecond), ctx.Err()
}

// Read implements [journal.Store]. A commit that makes no sense is passed over: its
// stream is stopped, which is said where views are kept.
func (j *Journal) Read(ctx context.Context, p journal.Page) ([]journal.Entry, journal.Cursor, error) {
	seq := p.After.At(0)
	if len(p.After) > 1 || seq > j.store.Head() {
		return nil, nil, journal.ErrNoPlace
	}
	if !p.Since.IsZero() {
		passed, err := j.before(ctx, p.Since)
		if err != nil {
			return nil, nil, err
		}
		seq = max(seq, passed)
	}
	var entries []journal.Entry
	from, size := seq, 0
	err := j.store.walk(from, func(n uint64, k, value []byte) bool {
		seq, size = n, size+len(value)
		c, err := decode(k, value)
		if err == nil && c.Stream.Tenant == p.Tenant && !c.At.Before(p.Since) {
			entries = append(entries, journal.Entry{Commit: journal.Shown(c), Place: n, Cursor: journal.Cursor{n}})
		}
		return len(entries) < p.Limit && size < batchBytes && n-from < 16*batchCommits
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read journal after %d: %w", seq, err)
	}
	if seq == p.After.At(0) {
		return nil, p.After, ctx.Err()
	}
	return entries, journal.Cursor{seq}, ctx.Err()
}

// before returns a number up to which every commit is before the time.
func (j *Journal) before(ctx context.Context, since time.Time) (uint64, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for head := j.store.Head(); head >= j.seen().seq+timesEvery; {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		next := j.seen()
		err := j.store.walk(next.seq, func(n uint64, _, value []byte) bool {
			var a struct {
				At time.Time `json:"at"`
			}
			if json.Unmarshal(value, &a) == nil && a.At.After(next.at) {
				next.at = a.At
			}
			next.seq = n
			return n%timesEvery != 0
		})
		if err != nil {
			return 0, fmt.Errorf("read times of the journal: %w", err)
		}
		j.times = append(j.times, next)
	}
	i, _ := slices.BinarySearchFunc(j.times, since, func(l latest, since time.Time) int { return l.at.Compare(since) })
	if i == 0 {
		return 0, nil
	}
	return j.times[i-1].seq, nil
}

func (j *Journal) seen() latest {
	if len(j.times) == 0 {
		return latest{}
	}
	return j.times[len(j.times)-1]
}
