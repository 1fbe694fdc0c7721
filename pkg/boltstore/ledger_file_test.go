package boltstore_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/daybook-es/daybook/pkg/boltstore"
)

func TestALedgersFileThatCannotServeSaysWhyAndWhatToDo(t *testing.T) {
	edited := func(t *testing.T, path string, f func(tx *bbolt.Tx) error) {
		t.Helper()
		db, err := bbolt.Open(path, 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(db.Update(f), db.Close()); err != nil {
			t.Fatal(err)
		}
	}
	for name, file := range map[string]struct {
		spoil func(t *testing.T, path string)
		says  []string
	}{
		"cut off": {func(t *testing.T, path string) {
			t.Helper()
			if err := os.Truncate(path, 9000); err != nil {
				t.Fatal(err)
			}
		}, []string{"it was cut off", "restore it from a copy"}},
		"of text": {func(t *testing.T, path string) {
			t.Helper()
			if err := os.WriteFile(path, bytes.Repeat([]byte("not a ledger "), 5000), 0o600); err != nil {
				t.Fatal(err)
			}
		}, []string{"it is not a file of Daybook", "choose another folder"}},
		"of another program": {func(t *testing.T, path string) {
			t.Helper()
			edited(t, path, func(tx *bbolt.Tx) error { return tx.DeleteBucket([]byte("daybook")) })
		}, []string{"another program's file", "choose another folder"}},
		"of a newer format": {func(t *testing.T, path string) {
			t.Helper()
			edited(t, path, func(tx *bbolt.Tx) error { return tx.Bucket([]byte("daybook")).Put([]byte("format"), []byte("2")) })
		}, []string{"it has format 2, and this program reads up to 1", "use a newer daybook"}},
		"of events": {func(t *testing.T, path string) {
			t.Helper()
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			s, err := boltstore.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}, []string{"a part of it is missing"}},
		"that is a folder": {func(t *testing.T, path string) {
			t.Helper()
			if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
				t.Fatal(err)
			}
		}, []string{"cannot be written", "choose another"}},
	} {
		t.Run("a file "+name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "ledgers.db")
			whole, err := boltstore.OpenLedgers(path)
			if err != nil {
				t.Fatal(err)
			}
			change(t, whole.Ledger("it"), "k", more)
			if err := whole.Close(); err != nil {
				t.Fatal(err)
			}
			file.spoil(t, path)
			l, err := boltstore.OpenLedgers(path)
			if err == nil {
				l.Close()
				t.Fatal("it was opened")
			}
			for _, says := range append(file.says, path) {
				if !strings.Contains(err.Error(), says) {
					t.Errorf("%q does not say %q", err, says)
				}
			}
		})
	}
}
