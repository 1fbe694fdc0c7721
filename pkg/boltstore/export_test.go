package boltstore

import (
	"testing"

	"go.etcd.io/bbolt"
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
