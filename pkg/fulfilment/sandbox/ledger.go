package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// A Ledger keeps what a sandbox did, as the outside world keeps books of its
// own. Each sandbox has one to itself.
type Ledger interface {
	// Change replaces what is kept under key by what f makes of it, atomically,
	// and has it durable when it returns; nil is nothing, both ways. An error of
	// f changes nothing and is returned; after any other it may have been
	// changed. f may be called again before Change returns, so it has no effect
	// but to say what it saw last, and it neither keeps nor changes what it is
	// handed.
	Change(ctx context.Context, key string, f func(was []byte) ([]byte, error)) error
	// Each shows each key and what is kept under it, in the order of keys, until
	// see returns an error, which is returned.
	Each(ctx context.Context, see func(key string, kept []byte) error) error
}

// An Entry is what a ledger says of a key.
type Entry struct {
	Key    string          `json:"-"`
	Done   int             `json:"done"`   // how often it was done: never more than once
	Undone int             `json:"undone"` // how often it was taken back: never more than it was done
	Barred bool            `json:"barred"`
	Out    json.RawMessage `json:"out"` // what was done; nil where nothing was
}

// Entries returns all that the ledger keeps, in the order of keys.
func Entries(ctx context.Context, l Ledger) ([]Entry, error) {
	var all []Entry
	err := l.Each(ctx, func(key string, kept []byte) error {
		e := Entry{Key: key}
		if err := json.Unmarshal(kept, &e); err != nil {
			return fmt.Errorf("entry of %s: %w", key, err)
		}
		all = append(all, e)
		return nil
	})
	return all, err
}

// Memory is a ledger for the life of the process. The zero value is empty.
type Memory struct {
	mu   sync.Mutex
	kept map[string][]byte
}

var _ Ledger = (*Memory)(nil)

// Change implements [Ledger].
func (m *Memory) Change(ctx context.Context, key string, f func(was []byte) ([]byte, error)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	now, err := f(m.kept[key])
	if err != nil {
		return err
	}
	if m.kept == nil {
		m.kept = make(map[string][]byte)
	}
	if m.kept[key] = now; now == nil {
		delete(m.kept, key)
	}
	return nil
}

// Each implements [Ledger].
func (m *Memory) Each(ctx context.Context, see func(key string, kept []byte) error) error {
	m.mu.Lock()
	kept := maps.Clone(m.kept)
	m.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(kept)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := see(key, kept[key]); err != nil {
			return err
		}
	}
	return ctx.Err()
}
