package boltstore_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

func TestWhatIsNotOnDiskIsNotShownAndNotBuiltOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	s, err := boltstore.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	end := extend(t, s, "x", 2)[1].End()
	lost, err := end.Extend(streamOf("x"), commit("lost"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CommitUnsynced(lost); !errors.Is(err, eventstore.ErrUnavailable) {
		t.Fatalf("a commit whose sync failed: %v", err)
	}

	if n := len(read(t, s, "x")); n != 2 {
		t.Errorf("read shows %d commits, 2 are on disk", n)
	}
	if commits, err := s.Load(t.Context(), streamOf("x"), eventstore.Latest, 0); err != nil || len(commits) != 2 {
		t.Errorf("load shows %d commits, %v", len(commits), err)
	}
	scanned := 0
	for _, err := range s.Scan(t.Context(), 0, 1) {
		if err != nil {
			t.Fatal(err)
		}
		scanned++
	}
	if scanned != 2 || s.Head() != 2 {
		t.Errorf("scan shows %d commits, head is %d", scanned, s.Head())
	}
	_ = s.Follow(t.Context(), 0, func(seq uint64, commits []eventstore.Commit) error {
		if seq != 2 || len(commits) != 2 {
			t.Errorf("the feed shows %d commits up to %d", len(commits), seq)
		}
		return errEnough
	})
	// Neither the repeat of what failed, nor anything else, is acknowledged.
	for _, c := range []eventstore.Commit{commit("lost"), commit("other")} {
		if _, err := s.Append(t.Context(), streamOf("x"), end, c); !errors.Is(err, boltstore.ErrBroken) {
			t.Errorf("append of %s after a failed sync: %v", c.Command.Key, err)
		}
	}
	if _, err := s.Append(t.Context(), streamOf("y"), eventstore.NoStream(streamOf("y")), commit("new")); !errors.Is(err, boltstore.ErrBroken) {
		t.Errorf("append to another stream after a failed sync: %v", err)
	}

	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, path)
	if n := len(read(t, s, "x")); n != 3 || s.Head() != 3 {
		t.Errorf("opened again, it has %d commits, head %d: it synced what it found", n, s.Head())
	}
	if _, err := s.Append(t.Context(), streamOf("x"), end, commit("lost")); err != nil {
		t.Errorf("the repeat: %v", err)
	}
	extend(t, s, "y", 1)
}

func TestAFaultBeforeTheCommitBreaksNothing(t *testing.T) {
	s := fresh(t)
	extend(t, s, "x", 1)
	err := s.Consume(t.Context(), string(make([]byte, 40_000)), func(context.Context, []eventstore.Commit) error { return nil })
	if err == nil {
		t.Error("a consumer's name longer than a key was taken")
	}
	extend(t, s, "x", 1)
}
