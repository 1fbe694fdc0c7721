package boltstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// LedgerFormat is the number of the ledgers' format that this program writes and reads.
const LedgerFormat = 1

var ledgersBucket = []byte("ledgers") // name → key → what is kept

// Ledgers are books that the outside world would keep for itself, all in one
// file beside that of the events: no rebuild touches it. One program at a time
// has the file.
type Ledgers struct{ file[*change] }

// OpenLedgers opens the file at path as [Open] does.
func OpenLedgers(path string) (*Ledgers, error) {
	l := new(Ledgers)
	if err := l.open(path, layout{format: LedgerFormat, buckets: [][]byte{ledgersBucket}}); err != nil {
		return nil, err
	}
	go l.write(l.commit)
	return l, nil
}

// Close ends the ledgers: changes that wait are done first.
func (l *Ledgers) Close() error { return l.close() }

// Ledger returns the ledger of that name, which is empty until it is changed.
func (l *Ledgers) Ledger(name string) *Ledger { return &Ledger{of: l, name: name} }

// A Ledger keeps an entry under each key.
type Ledger struct {
	of   *Ledgers
	name string
}

// A change is one that waits for the writer.
type change struct {
	ledger, key string
	f           func(was []byte) ([]byte, error)
	err         error
	done        chan struct{}
}

// Change replaces what is kept under key by what f makes of it; nil is nothing,
// both ways. It is on disk when Change returns, with one sync for all changes
// that waited together. An error of f changes nothing and is returned. f runs on
// the writer's goroutine while everybody waits: it has no effect but to say what
// it saw, and neither keeps nor changes what it is handed. Once the change waits
// for the disk its context no longer matters. [ErrBroken] says that nothing was
// changed.
func (l *Ledger) Change(ctx context.Context, key string, f func(was []byte) ([]byte, error)) error {
	c := &change{ledger: l.name, key: key, f: f, done: make(chan struct{})}
	if err := l.of.send(ctx, c); err != nil {
		return c.fault(err)
	}
	<-c.done
	return c.err
}

func (l *Ledgers) commit(group []*change) {
	err := l.update(func(tx *bbolt.Tx) error {
		for _, c := range group {
			c.err = c.put(tx)
		}
		return nil
	})
	for _, c := range group {
		if err != nil {
			c.err = c.fault(err)
		}
		close(c.done)
	}
}

// put makes the change. Whatever is wrong with it is its own fault, not the
// group's.
func (c *change) put(tx *bbolt.Tx) error {
	entries, err := tx.Bucket(ledgersBucket).CreateBucketIfNotExists([]byte(c.ledger))
	if err != nil {
		return c.fault(err)
	}
	key := []byte(c.key)
	now, err := c.f(entries.Get(key))
	if err != nil {
		return err
	}
	if now == nil {
		err = entries.Delete(key)
	} else {
		err = entries.Put(key, now)
	}
	if err != nil {
		return c.fault(err)
	}
	return nil
}

func (c *change) fault(err error) error {
	return fmt.Errorf("change %s in ledger %s: %w", c.key, c.ledger, err)
}

// Each shows each key and what is kept under it, in the order of keys, until
// see returns an error, which is returned. What is changed meanwhile may be
// shown as it was or as it is.
func (l *Ledger) Each(ctx context.Context, see func(key string, kept []byte) error) error {
	for from := []byte{}; from != nil; {
		page, next, err := l.page(from)
		if err != nil {
			return fmt.Errorf("read ledger %s: %w", l.name, err)
		}
		for _, e := range page {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := see(e.key, e.kept); err != nil {
				return err
			}
		}
		from = next
	}
	return ctx.Err()
}

type entry struct {
	key  string
	kept []byte
}

// page reads entries from a key on, and says where the next page begins.
func (l *Ledger) page(from []byte) (page []entry, next []byte, err error) {
	err = l.of.read(func(tx *bbolt.Tx) error {
		entries := tx.Bucket(ledgersBucket).Bucket([]byte(l.name))
		if entries == nil {
			return nil
		}
		size, c := 0, entries.Cursor()
		for k, kept := c.Seek(from); k != nil; k, kept = c.Next() {
			if len(page) == batchCommits || size > batchBytes {
				next = bytes.Clone(k)
				return nil
			}
			page, size = append(page, entry{string(k), bytes.Clone(kept)}), size+len(kept)
		}
		return nil
	})
	return page, next, err
}

// read shows what is on disk: bbolt shows a transaction before it is synced, so
// it waits for the one that is under way.
func (l *Ledgers) read(see func(tx *bbolt.Tx) error) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	if l.broken != nil {
		return fmt.Errorf("%w: %w", eventstore.ErrUnavailable, l.broken)
	}
	err := guarded(func() error { return l.db.View(see) })
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		return ErrClosed
	}
	return err
}
