package boltstore

import (
	"testing"

	"go.etcd.io/bbolt"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// Transactions returns how many transactions the file has seen.
func (s *Store) Transactions(t testing.TB) (id int) {
	t.Helper()
	if err := s.db.View(func(tx *bbolt.Tx) error { id = tx.ID(); return nil }); err != nil {
		t.Fatal(err)
	}
	return id
}

// Hold keeps the writer from the file, until it is let.
func (s *Store) Hold(t testing.TB) (let func(), transactions int) {
	t.Helper()
	transactions = s.Transactions(t)
	tx, err := s.db.Begin(true)
	if err != nil {
		t.Fatal(err)
	}
	return func() { _ = tx.Rollback() }, transactions
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
