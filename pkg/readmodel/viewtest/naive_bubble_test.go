package viewtest_test

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/daybook-es/daybook/pkg/readmodel"
)

// A fault says which law of its contract a store breaks.
type fault string

// naive keeps rows in the plainest way, and keeps the contract but for its fault.
type naive struct {
	fault fault
	mu    sync.Mutex
	rows  map[readmodel.Key]readmodel.Row
	stray []readmodel.Row // counted all the same
}

// key returns where the row is kept.
func (n *naive) key(k readmodel.Key) readmodel.Key {
	switch n.fault {
	case "mixes tenants":
		k.Tenant = ""
	case "mixes views":
		k.View = ""
	}
	return k
}

func (n *naive) Get(_ context.Context, key readmodel.Key) (readmodel.Row, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	r, ok := n.rows[n.key(key)]
	if !ok && n.fault == "finds what was never put" {
		r.Revision = 1
	}
	r.Key = key
	return n.out(r), nil
}

func (n *naive) Put(_ context.Context, r readmodel.Row) error {
	for _, s := range r.Sums {
		if err := s.Check(); err != nil && n.fault != "takes any name" {
			return err
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	last, there := n.rows[n.key(r.Key)]
	if n.fault == "counts before it checks" {
		n.stray = append(n.stray, r)
	}
	switch {
	case last.Revision == r.Revision, n.fault == "ignores revisions":
	case n.fault == "creates at any revision" && !there:
	case n.fault == "takes revisions to come" && there && r.Revision > last.Revision:
	default:
		return readmodel.ErrRace
	}
	switch n.fault {
	case "counts races":
		n.stray = append(n.stray, r)
		n.mu.Unlock()
		time.Sleep(time.Millisecond)
		n.mu.Lock()
		if n.rows[n.key(r.Key)].Revision > r.Revision {
			return readmodel.ErrRace
		}
		n.stray = slices.DeleteFunc(n.stray, func(s readmodel.Row) bool { return reflect.DeepEqual(s, r) })
	case "checks, then writes":
		n.mu.Unlock()
		time.Sleep(time.Millisecond)
		n.mu.Lock()
	case "loses the sort":
		r.Sort = ""
	case "loses positions":
		r.Applied = nil
	case "keeps positions":
		if there {
			r.Applied = last.Applied
		}
	case "keeps data":
		if there {
			r.Data = last.Data
		}
	case "keeps 64 KB":
		r.Data = r.Data[:min(len(r.Data), 64<<10)]
	case "never leaves a list":
		r.Lists = append(slices.Clone(last.Lists), r.Lists...)
	}
	if n.fault != "shares what it is given" {
		r = clone(r)
	}
	if n.fault == "adds what was added before" {
		r.Sums = append(r.Sums, last.Sums...)
	}
	if len(r.Sums) > 100 && n.fault == "keeps 100 sums" {
		r.Sums = r.Sums[:100]
	}
	if n.rows == nil {
		n.rows = make(map[readmodel.Key]readmodel.Row)
	}
	r.Revision++
	n.rows[n.key(r.Key)] = r
	return nil
}

func (n *naive) List(_ context.Context, p readmodel.Page) ([]readmodel.Row, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	var rows []readmodel.Row
	for _, r := range n.rows {
		if n.in(r, p) {
			rows = append(rows, n.out(r))
		}
	}
	slices.SortFunc(rows, func(a, b readmodel.Row) int { return n.compare(p, place(a), place(b)) })
	from := 0
	switch {
	case p.After == readmodel.Place{}, p.After.ID == "" && n.fault == "begins anew without an id":
	case n.fault == "looks for the row of the place":
		from = slices.IndexFunc(rows, func(r readmodel.Row) bool { return place(r) == p.After }) + 1
	default:
		for from < len(rows) && !n.after(p, place(rows[from])) {
			from++
		}
	}
	rows = rows[from:]
	if n.fault != "has no limit" {
		rows = rows[:min(len(rows), p.Limit)]
	}
	if n.fault == "lists without data" {
		for i := range rows {
			rows[i].Data = nil
		}
	}
	return rows, nil
}

func (n *naive) in(r readmodel.Row, p readmodel.Page) bool {
	view, tenant := r.View == p.View || n.fault == "lists all views", r.Tenant == p.Tenant || n.fault == "lists all tenants"
	switch n.fault {
	case "has one list":
		return view && tenant && len(r.Lists) > 0
	case "lists by prefix":
		return view && tenant && slices.ContainsFunc(r.Lists, func(l string) bool { return strings.HasPrefix(l, p.List) })
	}
	return view && tenant && slices.Contains(r.Lists, p.List)
}

func (n *naive) compare(p readmodel.Page, a, b readmodel.Place) int {
	bySort, byID := cmp.Compare(a.Sort, b.Sort), cmp.Compare(a.ID, b.ID)
	switch n.fault {
	case "sorts by id":
		bySort = 0
	case "sorts texts as numbers":
		x, _ := strconv.Atoi(a.Sort)
		y, _ := strconv.Atoi(b.Sort)
		bySort = cmp.Compare(x, y)
	}
	if p.Descending {
		bySort = -bySort
		if n.fault != "sorts ties upwards" {
			byID = -byID
		}
	}
	return cmp.Or(bySort, byID)
}

func (n *naive) after(p readmodel.Page, at readmodel.Place) bool {
	switch n.fault {
	case "begins at the place":
		return n.compare(p, p.After, at) <= 0
	case "skips ties":
		return n.compare(p, p.After, at) < 0 && at.Sort != p.After.Sort
	default:
		return n.compare(p, p.After, at) < 0
	}
}

func (n *naive) out(r readmodel.Row) readmodel.Row {
	if n.fault == "shares what it returns" {
		return r
	}
	return clone(r)
}

func place(r readmodel.Row) readmodel.Place { return readmodel.Place{Sort: r.Sort, ID: r.ID} }

func clone(r readmodel.Row) readmodel.Row {
	r.Applied, r.Data, r.Lists = maps.Clone(r.Applied), bytes.Clone(r.Data), slices.Clone(r.Lists)
	r.Sums = slices.Clone(r.Sums)
	for i := range r.Sums {
		r.Sums[i].Amounts = maps.Clone(r.Sums[i].Amounts)
	}
	return r
}
