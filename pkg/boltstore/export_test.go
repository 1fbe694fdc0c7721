package boltstore

import (
	"testing"

	"go.etcd.io/bbolt"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// Transactions returns how many transactions the file has seen.
func (f *file[R]) Transactions(t testing.TB) (id int) {
	t.Helper()
	if err := f.db.View(func(tx *bbolt.Tx) error { id = tx.ID(); return nil }); err != nil {
		t.Fatal(err)
	}
	return id
}

// Hold keeps the writer from the file, until it is let.
func (f *file[R]) Hold(t testing.TB) (let func(), transactions int) {
	t.Helper()
	transactions = f.Transactions(t)
	tx, err := f.db.Begin(true)
	if err != nil {
		t.Fatal(err)
	}
	return func() { _ = tx.Rollback() }, transactions
}

// Waiting returns how many requests the writer has not taken yet.
func (f *file[R]) Waiting() int { return len(f.requests) }

// Writing reports whether the writer, or a reader of ledgers, is at the file.
func (f *file[R]) Writing() bool {
	if !f.writing.TryLock() {
		return true
	}
	f.writing.Unlock()
	return false
}

// CommitUnsynced commits as an append does whose sync fails when readers see it
// already: bbolt maps the file, and what was written shows before it is on disk.
func (s *Store) CommitUnsynced(commit eventstore.Commit) error {
	return s.update(func(tx *bbolt.Tx) error {
		tx.OnCommit(func() { panic("sync failed") })
		_, err := put(tx, []*request{{commit: commit}})
		return err
	})
}

// ChangeUnsynced changes as a change does whose sync fails when readers see it
// already.
func (l *Ledger) ChangeUnsynced(key string, f func(was []byte) ([]byte, error)) error {
	return l.of.update(func(tx *bbolt.Tx) error {
		tx.OnCommit(func() { panic("sync failed") })
		return (&change{ledger: l.name, key: key, f: f}).put(tx)
	})
}
