package journaltest_test

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/readmodel/journal"
	"github.com/daybook-es/daybook/pkg/readmodel/journal/journaltest"
)

// A fault is one law that a journal breaks.
type fault string

// naive is a journal in memory, of two segments.
type naive struct {
	fault  fault
	events memstore.Store
	mu     sync.Mutex
	all    [2][]journal.Entry
	seen   map[eventstore.StreamID]eventstore.Version
}

func (n *naive) harness() journaltest.Harness {
	n.seen = make(map[eventstore.StreamID]eventstore.Version)
	return journaltest.Harness{Events: &n.events, Journal: n, Arrive: n.arrive}
}

func (n *naive) arrive(ctx context.Context, commits ...eventstore.Commit) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range commits {
		if n.fault == "takes what comes as it comes" {
			n.add(c)
			continue
		}
		for c, err := range n.events.Read(ctx, c.Stream, eventstore.NoStream(c.Stream)) {
			if err != nil {
				return err
			}
			if c.First > n.seen[c.Stream] {
				n.add(c)
			}
		}
	}
	return nil
}

func (n *naive) add(c eventstore.Commit) {
	segment := int(c.Stream.ID[len(c.Stream.ID)-1]) % 2
	n.seen[c.Stream] = c.Last()
	if n.fault != "shows snapshots" {
		c = journal.Shown(c)
	}
	if n.fault == "has no actors" {
		c.Events = slices.Clone(c.Events)
		c.Events[0].Actor = ""
	}
	n.all[segment] = append(n.all[segment], journal.Entry{Commit: c, Segment: segment, Place: uint64(len(n.all[segment]) + 1)})
}

func (n *naive) end() journal.Cursor {
	return journal.Cursor{uint64(len(n.all[0])), uint64(len(n.all[1]))}
}

func (n *naive) Read(ctx context.Context, p journal.Page) (page []journal.Entry, at journal.Cursor, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := ctx.Err(); err != nil && n.fault != "ignores the context" {
		return nil, nil, err
	}
	at, size, end := p.After, 0, n.end()
	if n.fault != "takes any cursor" && (len(at) > 2 || at.At(0) > end.At(0) || at.At(1) > end.At(1)) {
		return nil, nil, journal.ErrNoPlace
	}
	var latest time.Time
	for segment, entries := range n.all {
		for _, e := range entries[min(p.After.At(segment), uint64(len(entries))):] {
			if len(page) == p.Limit || size > 1<<20 && n.fault != "has no size" {
				break
			}
			at = at.To(segment, e.Place, 2)
			e.Cursor = at
			late := e.Commit.At.Before(latest) && n.fault == "leaves out what is late"
			if latest = e.Commit.At; (latest.Before(p.Since) || late) && n.fault != "ignores times" || e.Commit.Stream.Tenant != p.Tenant && n.fault != "mixes tenants" {
				continue
			}
			page, size = append(page, e), size+len(e.Commit.Events[0].Data)
		}
	}
	switch n.fault {
	case "goes on at the end":
		at = end
	case "gives all entries the page's cursor":
		for i := range page {
			page[i].Cursor = at
		}
	case "begins with something":
		at = at.To(0, cmp.Or(at.At(0), 1), 2)
	}
	return page, at, nil
}

func (n *naive) End(context.Context, string) (journal.Cursor, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.fault == "ends at the beginning" {
		return nil, nil
	}
	return n.end(), nil
}

func (n *naive) Complete(context.Context, string) (time.Time, error) {
	if n.fault == "promises what has not arrived" {
		return time.Now(), nil
	}
	return time.Time{}, nil
}
