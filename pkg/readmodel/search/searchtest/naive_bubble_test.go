package searchtest_test

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/search"
)

// A fault is a way to break the contract; the empty one breaks nothing.
type fault string

// naive looks at each row.
type naive struct {
	fault fault
	mu    sync.Mutex
	rows  map[readmodel.Key]readmodel.Row
	had   map[readmodel.Key][]string // words of earlier
}

func (n *naive) key(k readmodel.Key) readmodel.Key {
	if n.fault == "mixes tenants" {
		k.Tenant = ""
	}
	return k
}

// copied shares nothing with the row.
func copied(row readmodel.Row) (other readmodel.Row) {
	text, err := json.Marshal(row)
	if err == nil {
		err = json.Unmarshal(text, &other)
	}
	if err != nil {
		panic(err)
	}
	return other
}

func (n *naive) Get(_ context.Context, k readmodel.Key) (readmodel.Row, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	row, ok := n.rows[n.key(k)]
	switch {
	case !ok && n.fault == "finds what was never put":
		return readmodel.Row{Key: k, Revision: 1}, nil
	case !ok:
		return readmodel.Row{Key: k}, nil
	case n.fault == "loses positions":
		row.Applied = nil
	case n.fault == "shares what it returns":
		return row, nil
	}
	return copied(row), nil
}

func (n *naive) Put(ctx context.Context, row readmodel.Row) error {
	last, _ := n.Get(ctx, row.Key)
	if n.fault != "checks, then writes" {
		n.mu.Lock()
		defer n.mu.Unlock()
		last = readmodel.Row{Revision: n.rows[n.key(row.Key)].Revision}
	}
	if last.Revision != row.Revision && n.fault != "ignores revisions" {
		return readmodel.ErrRace
	}
	if n.fault == "checks, then writes" {
		time.Sleep(time.Millisecond)
		n.mu.Lock()
		defer n.mu.Unlock()
	}
	if n.rows == nil {
		n.rows, n.had = make(map[readmodel.Key]readmodel.Row), make(map[readmodel.Key][]string)
	}
	if n.fault == "takes 100 words" {
		row.Lists = row.Lists[:min(100, len(row.Lists))]
	}
	if n.fault != "shares what it is given" {
		row = copied(row)
	}
	row.Revision++
	k := n.key(row.Key)
	n.rows[k], n.had[k] = row, append(n.had[k], row.Lists...)
	return nil
}

func (n *naive) Find(_ context.Context, p search.Page) (found []readmodel.Row, _ error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for k, row := range n.rows {
		if (row.Tenant == p.Tenant || n.fault == "finds of all tenants") && n.holds(k, row, p.Words) {
			found = append(found, copied(row))
		}
	}
	slices.SortFunc(found, n.compare)
	if p.After != (readmodel.Place{}) {
		after := readmodel.Row{Key: readmodel.Key{ID: p.After.ID}, Sort: p.After.Sort}
		found = slices.DeleteFunc(found, func(row readmodel.Row) bool {
			c := n.compare(row, after)
			return c < 0 || c == 0 && n.fault != "begins at the place" || n.fault == "skips ties" && row.Sort == after.Sort
		})
	}
	if n.fault == "has no limit" {
		return found, nil
	}
	return found[:min(p.Limit, len(found))], nil
}

func (n *naive) compare(a, b readmodel.Row) int {
	switch n.fault {
	case "sorts by id":
		return strings.Compare(b.ID, a.ID)
	case "sorts ties upwards":
		return cmp.Or(strings.Compare(b.Sort, a.Sort), strings.Compare(a.ID, b.ID))
	}
	return cmp.Or(strings.Compare(b.Sort, a.Sort), strings.Compare(b.ID, a.ID))
}

func (n *naive) holds(k readmodel.Key, row readmodel.Row, words []string) bool {
	there := row.Lists
	if n.fault == "never loses a word" {
		there = n.had[k]
	}
	has := func(word string) bool {
		return slices.ContainsFunc(there, func(w string) bool {
			return w == word || n.fault == "finds by prefix" && strings.HasPrefix(w, word)
		})
	}
	if n.fault == "finds what holds one of the words" {
		return slices.ContainsFunc(words, has)
	}
	return !slices.ContainsFunc(words, func(w string) bool { return !has(w) })
}
