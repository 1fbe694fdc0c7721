package boltstore_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/daybook-es/daybook/internal/eventually"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

func streamOf(id string) eventstore.StreamID {
	return eventstore.StreamID{Tenant: "t", Category: "c", ID: id}
}

func commit(key string) eventstore.Commit {
	return eventstore.Commit{
		Events:  []eventstore.Event{{Type: "c.happened.v1", Data: json.RawMessage(`{"key":"` + key + `"}`), Actor: "me"}},
		Command: eventstore.CommandID{Key: key, Fingerprint: "of-it"},
		At:      time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
	}
}

func open(t testing.TB, path string) *boltstore.Store {
	t.Helper()
	s, err := boltstore.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func fresh(t testing.TB) *boltstore.Store {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "data", "events.db"))
}

// extend appends so many commits to a stream of any store.
func extend(t testing.TB, s eventstore.Store, id string, n int) (stored []eventstore.Commit) {
	t.Helper()
	end := eventstore.NoStream(streamOf(id))
	for c, err := range s.Read(t.Context(), streamOf(id), end) {
		if err != nil {
			t.Fatal(err)
		}
		end = c.End()
	}
	for range n {
		c, err := s.Append(t.Context(), streamOf(id), end, commit(fmt.Sprintf("%s-%d", id, end.Version()+1)))
		if err != nil {
			t.Fatal(err)
		}
		stored, end = append(stored, c), c.End()
	}
	return stored
}

func read(t testing.TB, s eventstore.Store, id string) (commits []eventstore.Commit) {
	t.Helper()
	for c, err := range s.Read(t.Context(), streamOf(id), eventstore.NoStream(streamOf(id))) {
		if err != nil {
			t.Fatal(err)
		}
		commits = append(commits, c)
	}
	return commits
}

func TestWhatWasAppendedIsThereAfterTheFileIsClosed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b", "events.db")
	s, err := boltstore.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	want := extend(t, s, "x", 3)
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Append(t.Context(), streamOf("x"), want[2].End(), commit("late")); !errors.Is(err, boltstore.ErrClosed) {
		t.Errorf("an append to a closed store: %v", err)
	}
	s = open(t, path)
	if got := fmt.Sprint(read(t, s, "x")); got != fmt.Sprint(want) || s.Head() != 3 {
		t.Errorf("got %s, head %d", got, s.Head())
	}
}

func TestAStoreInMemoryLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	s := open(t, boltstore.Memory)
	extend(t, s, "x", 3)
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestAppendsThatWaitTogetherShareASync(t *testing.T) {
	s := fresh(t)
	let, before := s.Hold(t)
	var done sync.WaitGroup
	done.Go(func() { extend(t, s, "first", 1) })
	eventually.Until(t, "the writer has taken the first append", s.Writing)
	for n := range 64 {
		done.Go(func() { extend(t, s, fmt.Sprint(n), 1) })
	}
	eventually.Until(t, "64 appends wait", func() bool { return s.Waiting() == 64 })
	let()
	done.Wait()
	if n := s.Transactions(t) - before; n != 2 || s.Head() != 65 {
		t.Errorf("got %d transactions for %d commits, want 2 for 65", n, s.Head())
	}
}

func TestTheFileKeepsTheItemsOfATable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	s, err := boltstore.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	extend(t, s, "x", 1)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_ = db.View(func(tx *bbolt.Tx) error {
		k, v := tx.Bucket([]byte("events")).Cursor().First()
		const want = `{"n":1,"e":[{"type":"c.happened.v1","data":{"key":"x-1"},"actor":"me"}],"c":"of-it x-1","at":"2026-03-01T12:00:00.000Z"}`
		if string(k) != "t/c/x\x00\x00\x00\x00\x00\x00\x00\x00\x01" || string(v) != want {
			t.Errorf("%q: %s", k, v)
		}
		return nil
	})
}

func TestAFileThatCannotServeSaysWhyAndWhatToDo(t *testing.T) {
	original := filepath.Join(t.TempDir(), "events.db")
	s, err := boltstore.Open(original)
	if err != nil {
		t.Fatal(err)
	}
	extend(t, s, "x", 500)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(original)
	if err != nil {
		t.Fatal(err)
	}
	whole := func(t *testing.T) string {
		t.Helper()
		path := filepath.Join(t.TempDir(), "events.db")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	edit := func(t *testing.T, f func(tx *bbolt.Tx) error) string {
		t.Helper()
		path := whole(t)
		db, err := bbolt.Open(path, 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(db.Update(f), db.Close()); err != nil {
			t.Fatal(err)
		}
		return path
	}
	cut := func(size int64) func(t *testing.T) string {
		return func(t *testing.T) string {
			t.Helper()
			path := whole(t)
			if err := os.Truncate(path, size); err != nil {
				t.Fatal(err)
			}
			return path
		}
	}
	for name, file := range map[string]struct {
		make func(t *testing.T) string
		says []string
	}{
		"cut off at its end":        {cut(40_000), []string{"it was cut off", "restore it from a copy"}},
		"cut off behind its head":   {cut(9_000), []string{"it was cut off", "restore it from a copy"}},
		"cut off within its head":   {cut(50), []string{"its beginning is lost", "restore it from a copy"}},
		"cut off to its first page": {cut(4096), []string{"it was cut off", "restore it from a copy"}},
		"of text": {func(t *testing.T) string {
			t.Helper()
			path := filepath.Join(t.TempDir(), "events.db")
			if err := os.WriteFile(path, bytes.Repeat([]byte("not a database "), 5000), 0o600); err != nil {
				t.Fatal(err)
			}
			return path
		}, []string{"it is not a file of Daybook", "choose another folder"}},
		"of another program": {func(t *testing.T) string {
			t.Helper()
			path := filepath.Join(t.TempDir(), "events.db")
			db, err := bbolt.Open(path, 0o600, nil)
			if err != nil {
				t.Fatal(err)
			}
			err = db.Update(func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("theirs")); return err })
			if err := errors.Join(err, db.Close()); err != nil {
				t.Fatal(err)
			}
			return path
		}, []string{"another program's file", "choose another folder"}},
		"of a newer format": {func(t *testing.T) string {
			t.Helper()
			return edit(t, func(tx *bbolt.Tx) error { return tx.Bucket([]byte("daybook")).Put([]byte("format"), []byte("2")) })
		}, []string{"it has format 2, and this program reads up to 1", "use a newer daybook"}},
		"without a format": {func(t *testing.T) string {
			t.Helper()
			return edit(t, func(tx *bbolt.Tx) error { return tx.Bucket([]byte("daybook")).Delete([]byte("format")) })
		}, []string{"does not say which format", "restore it from a copy"}},
		"without a part": {func(t *testing.T) string {
			t.Helper()
			return edit(t, func(tx *bbolt.Tx) error { return tx.DeleteBucket([]byte("feed")) })
		}, []string{"a part of it is missing", "restore it from a copy"}},
		"that is a folder": {func(t *testing.T) string { t.Helper(); return t.TempDir() }, []string{"cannot be written", "choose another"}},
		"below a file": {func(t *testing.T) string {
			t.Helper()
			return filepath.Join(whole(t), "events.db")
		}, []string{"cannot be written", "choose another"}},
	} {
		t.Run("a file "+name, func(t *testing.T) {
			path := file.make(t)
			s, err := boltstore.Open(path)
			if err == nil {
				s.Close()
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

func TestAnItemThatMakesNoSenseIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	s, err := boltstore.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	extend(t, s, "x", 3)
	extend(t, s, "y", 1)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, damage := range []string{"", "{", `{"n":2,"e":[],"c":" k","at":"2026-03-01T12:00:00.000Z"}`, `{"n":1,"e":[{}],"c":" k","at":"noon"}`} {
		db, err := bbolt.Open(path, 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = db.Update(func(tx *bbolt.Tx) error {
			return tx.Bucket([]byte("events")).Put([]byte("t/c/x\x00\x00\x00\x00\x00\x00\x00\x00\x02"), []byte(damage))
		})
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
		s, err := boltstore.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Load(t.Context(), streamOf("x"), eventstore.Latest, 0)
		if err == nil || !strings.Contains(err.Error(), "item t/c/x at 2: ") {
			t.Errorf("%q: %v", damage, err)
		}
		var scanned []string
		for c, err := range s.Scan(t.Context(), 0, 1) {
			scanned = append(scanned, fmt.Sprint(c.Stream, " ", c.First, " ", eventstore.Damaged(err)))
		}
		if want := []string{"t/c/x 1 false", "t/c/x 0 true", "t/c/y 1 false"}; !slices.Equal(scanned, want) {
			t.Errorf("%q: scanned %q, want %q", damage, scanned, want)
		}
		var followed []string
		err = s.Follow(t.Context(), 0, func(seq uint64, commits []eventstore.Commit) error {
			followed = append(followed, fmt.Sprint(seq, " ", len(commits)))
			if seq == s.Head() {
				return errEnough
			}
			return nil
		})
		if want := []string{"1 1", "2 0", "4 2"}; !slices.Equal(followed, want) || !errors.Is(err, errEnough) {
			t.Errorf("%q: followed %q, %v; want %q", damage, followed, err, want)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestACancelledAppendIsNotWritten(t *testing.T) {
	s := fresh(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Append(ctx, streamOf("x"), eventstore.NoStream(streamOf("x")), commit("k")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if len(read(t, s, "x")) > 0 {
		t.Error("it was written")
	}
}

func BenchmarkScan(b *testing.B) {
	s := fresh(b)
	extend(b, s, "x", 1000)
	for b.Loop() {
		n := 0
		for _, err := range s.Scan(b.Context(), 0, 1) {
			if n++; err != nil {
				b.Fatal(err)
			}
		}
	}
}
