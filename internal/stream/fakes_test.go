package stream_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/publish"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// countedRows counts, and fails as it is told to.
type countedRows struct {
	readmodel.Store
	mu         sync.Mutex
	gets, puts int
	fail       func(op string, key readmodel.Key) error
}

func (c *countedRows) Get(ctx context.Context, key readmodel.Key) (readmodel.Row, error) {
	if err := c.count(&c.gets, "get", key); err != nil {
		return readmodel.Row{}, err
	}
	return c.Store.Get(ctx, key)
}

func (c *countedRows) Put(ctx context.Context, row readmodel.Row) error {
	if err := c.count(&c.puts, "put", row.Key); err != nil {
		return err
	}
	return c.Store.Put(ctx, row)
}

func (c *countedRows) count(n *int, op string, key readmodel.Key) error {
	c.mu.Lock()
	*n++
	c.mu.Unlock()
	if c.fail != nil {
		return c.fail(op, key)
	}
	return nil
}

// damageable is a store in which some streams make no sense from a version on.
type damageable struct {
	eventstore.Store
	from  map[eventstore.StreamID]eventstore.Version
	fault error
	reads atomic.Int64
}

func (d *damageable) Read(ctx context.Context, s eventstore.StreamID, after eventstore.Position) iter.Seq2[eventstore.Commit, error] {
	d.reads.Add(1)
	return func(yield func(eventstore.Commit, error) bool) {
		for c, err := range d.Store.Read(ctx, s, after) {
			if from, ok := d.from[s]; ok && c.First >= from {
				c, err = c.Item().Invalid("events: unexpected end of JSON input")
			}
			if d.fault != nil {
				c, err = eventstore.Commit{}, d.fault
			}
			if !yield(c, err) || err != nil {
				return
			}
		}
	}
}

// keepingBus keeps what it takes, and refuses what it is told to.
type keepingBus struct {
	kept   []string
	refuse string
	err    error
}

var errBus = errors.New("no such bus")

func (b *keepingBus) Publish(_ context.Context, all []publish.Event) (failed []int, err error) {
	for i, e := range all {
		if id := fmt.Sprintf("%s %s@%d", e.Type, e.Stream, e.Version); id == b.refuse {
			failed = append(failed, i)
		} else {
			b.kept = append(b.kept, id)
		}
	}
	return failed, b.err
}
