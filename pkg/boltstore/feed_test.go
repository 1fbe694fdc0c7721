package boltstore_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

var errEnough = errors.New("enough")

func TestTheFeedPassesEachCommitOnceAndInOrder(t *testing.T) {
	s := fresh(t)
	extend(t, s, "before", 1500)
	var wg sync.WaitGroup
	wg.Go(func() {
		for n := range 5 {
			extend(t, s, fmt.Sprint("meanwhile-", n), 20)
		}
	})
	next := map[string]eventstore.Version{}
	total, last := 0, uint64(0)
	err := s.Follow(t.Context(), 0, func(seq uint64, commits []eventstore.Commit) error {
		for _, c := range commits {
			if c.First != next[c.Stream.ID]+1 {
				t.Errorf("%s: %d after %d", c.Stream, c.First, next[c.Stream.ID])
			}
			next[c.Stream.ID] = c.Last()
		}
		total += len(commits)
		if seq != last+uint64(len(commits)) {
			t.Errorf("sequence %d after %d and %d commits", seq, last, len(commits))
		}
		if last = seq; total >= 1600 {
			return errEnough
		}
		return nil
	})
	wg.Wait()
	if !errors.Is(err, errEnough) || total != 1600 || s.Head() != 1600 {
		t.Errorf("%d commits, %v", total, err)
	}
}

func TestAConsumerSeesAgainWhatItDidNotFinishAndMissesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	var seen []string
	consume := func(fail bool) error {
		s, err := boltstore.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		extend(t, s, "x", 1)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		return s.Consume(ctx, "test", func(_ context.Context, commits []eventstore.Commit) error {
			for _, c := range commits {
				seen = append(seen, c.Command.Key)
			}
			if cancel(); fail {
				return errEnough
			}
			return nil
		})
	}
	for _, fail := range []bool{false, true, true, false} {
		if err := consume(fail); fail != errors.Is(err, errEnough) {
			t.Fatalf("failing %v: %v", fail, err)
		}
	}
	if want := "[x-1 x-2 x-2 x-3 x-2 x-3 x-4]"; fmt.Sprint(seen) != want {
		t.Errorf("saw %v, want %s", seen, want)
	}
}

func TestAFollowerEndsWithItsContextAndWithTheStore(t *testing.T) {
	s := fresh(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	none := func(uint64, []eventstore.Commit) error { return nil }
	if err := s.Follow(ctx, 0, none); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	ended := make(chan error)
	go func() { ended <- s.Follow(t.Context(), 0, none) }()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, boltstore.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

func TestNobodyWaitsForASlowConsumer(t *testing.T) {
	s := fresh(t)
	extend(t, s, "x", 1)
	gate, begun := make(chan struct{}), make(chan struct{})
	ended := make(chan error)
	go func() {
		ended <- s.Follow(t.Context(), 0, func(uint64, []eventstore.Commit) error { close(begun); <-gate; return errEnough })
	}()
	<-begun
	extend(t, s, "x", 100)
	close(gate)
	if err := <-ended; !errors.Is(err, errEnough) {
		t.Errorf("got %v", err)
	}
}
