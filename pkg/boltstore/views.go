package boltstore

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/tidwall/btree"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// Views keeps rows in memory, for the life of the process: they are folded from
// the events at each start, so that no commit pays for a second sync and no row
// outlives the rules that made it. Each list is a B-tree, in which a page costs
// its rows and not those before them.
type Views struct {
	mu    sync.RWMutex
	rows  map[readmodel.Key]*line
	lists map[list]*btree.BTreeG[*line]
	sums  map[list]sums // by group
}

var _ readmodel.Store = (*Views)(nil)

// NewViews returns an empty store of rows.
func NewViews() *Views {
	return &Views{rows: make(map[readmodel.Key]*line), lists: make(map[list]*btree.BTreeG[*line]), sums: make(map[list]sums)}
}

type list struct{ view, tenant, name string }

// A line is a row as it is kept. It is never changed: a put replaces it, so
// that whoever found it may copy it without the lock.
type line struct {
	row     readmodel.Row // without what it has applied
	applied []applied     // a map would be some times as large
}

type applied struct {
	category string
	position eventstore.Position
}

// Get implements [readmodel.Store].
func (v *Views) Get(ctx context.Context, key readmodel.Key) (readmodel.Row, error) {
	v.mu.RLock()
	l := v.rows[key]
	v.mu.RUnlock()
	if l == nil {
		return readmodel.Row{Key: key}, ctx.Err()
	}
	return l.copy(), ctx.Err()
}

// Put implements [readmodel.Store].
func (v *Views) Put(ctx context.Context, row readmodel.Row) error {
	for _, s := range row.Sums {
		if err := s.Check(); err != nil {
			return fmt.Errorf("put %s of %s: %w", row.ID, row.View, err)
		}
	}
	next := keep(row)
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	last := v.rows[row.Key]
	if last == nil {
		last = new(line)
	}
	if last.row.Revision != row.Revision {
		return readmodel.ErrRace
	}
	for _, name := range last.row.Lists {
		if last.row.Sort != next.row.Sort || !slices.Contains(next.row.Lists, name) {
			v.leave(name, last)
		}
	}
	for _, name := range next.row.Lists {
		v.join(name, next)
	}
	if !sameSums(last.row.Sums, next.row.Sums) {
		v.count(last.row, -1)
		v.count(next.row, 1)
	}
	v.rows[row.Key] = next
	return nil
}

// List implements [readmodel.Store].
func (v *Views) List(ctx context.Context, p readmodel.Page) ([]readmodel.Row, error) {
	lines := v.page(p)
	rows := make([]readmodel.Row, len(lines))
	for i, l := range lines {
		rows[i] = l.copy()
	}
	return rows, ctx.Err()
}

func (v *Views) page(p readmodel.Page) (lines []*line) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	tree := v.lists[list{p.View, p.Tenant, p.List}]
	if tree == nil {
		return nil
	}
	after := &line{row: readmodel.Row{Key: readmodel.Key{ID: p.After.ID}, Sort: p.After.Sort}}
	take := func(l *line) bool {
		if compare(l, after) != 0 {
			lines = append(lines, l)
		}
		return len(lines) < p.Limit
	}
	switch {
	case p.Descending && p.After == readmodel.Place{}:
		tree.Reverse(take)
	case p.Descending:
		tree.Descend(after, take)
	default:
		tree.Ascend(after, take)
	}
	return lines
}

func (v *Views) join(name string, l *line) {
	in := list{l.row.View, l.row.Tenant, name}
	tree := v.lists[in]
	if tree == nil {
		tree = btree.NewBTreeGOptions(func(a, b *line) bool { return compare(a, b) < 0 }, btree.Options{NoLocks: true})
		v.lists[in] = tree
	}
	tree.Set(l)
}

func (v *Views) leave(name string, l *line) {
	in := list{l.row.View, l.row.Tenant, name}
	tree := v.lists[in]
	if tree == nil {
		return // the row named the list twice
	}
	if tree.Delete(l); tree.Len() == 0 {
		delete(v.lists, in)
	}
}

func compare(a, b *line) int {
	if c := strings.Compare(a.row.Sort, b.row.Sort); c != 0 {
		return c
	}
	return strings.Compare(a.row.ID, b.row.ID)
}

// keep returns the line of a row that is written, sharing nothing with it.
func keep(row readmodel.Row) *line {
	l := &line{applied: make([]applied, 0, len(row.Applied)), row: row}
	for category, position := range row.Applied {
		l.applied = append(l.applied, applied{category, position})
	}
	l.row.Applied = nil
	l.row.Revision++
	l.row.Data = bytes.Clone(row.Data)
	l.row.Lists = slices.Clone(row.Lists)
	l.row.Sums = cloneSums(row.Sums)
	return l
}

// copy returns the row, sharing nothing with the line.
func (l *line) copy() readmodel.Row {
	row := l.row
	row.Applied = maps.Collect(l.positions)
	row.Data = bytes.Clone(row.Data)
	row.Lists = slices.Clone(row.Lists)
	row.Sums = cloneSums(row.Sums)
	return row
}

func (l *line) positions(yield func(string, eventstore.Position) bool) {
	for _, a := range l.applied {
		if !yield(a.category, a.position) {
			return
		}
	}
}
