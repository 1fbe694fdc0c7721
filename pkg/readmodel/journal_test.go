package readmodel_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/daybook-es/daybook/internal/historytest"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// books are stores whose feed is a journal: one in memory, in which each history
// is of a tenant of its own, and files, for what a process leaves to the next.
type books struct {
	memory *boltstore.Store
	dir    string
}

func newBooks(t *testing.T) *books {
	t.Helper()
	store, err := boltstore.Open(boltstore.Memory)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return &books{memory: store, dir: t.TempDir()}
}

// hold appends a history from several goroutines, and reads the journal meanwhile.
func (b *books) hold(t *rapid.T, h *historytest.History) {
	store, writers := b.memory, writersOf(t, h)
	defer writers.wg.Wait() // that none writes in the next one's time
	path := ""
	if rapid.IntRange(0, 99).Draw(t, "in a file") == 99 {
		path = filepath.Join(b.dir, h.Tenant)
		defer func() { _ = os.Remove(path) }()
		store = open(t, path)
	}
	end, err := boltstore.NewJournal(store).End(context.Background(), h.Tenant)
	if err != nil {
		t.Fatal(err)
	}
	reader := h.Reader(t, boltstore.NewJournal(store), end)
	for lives := 2; path != "" && lives > 0; lives-- {
		done := writers.write(store)
		for range rapid.IntRange(0, 5).Draw(t, "pages before the end") {
			reader.Read(t)
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-done; err != nil && !errors.Is(err, boltstore.ErrClosed) {
			t.Fatal(err)
		}
		store = open(t, path)
		reader.Restart(t, boltstore.NewJournal(store))
	}
	for done := writers.write(store); done != nil; {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			done = nil
		case <-writers.news:
			reader.Read(t)
		}
	}
	reader.ReadAll(t)
	if path == "" {
		return
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

func open(t *rapid.T, path string) *boltstore.Store {
	s, err := boltstore.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// writers append a history together, and say now and then that there is news.
type writers struct {
	all  []*writer
	news chan struct{}
	wg   sync.WaitGroup
}

// A writer appends the commits of some streams. Of what was cut off it cannot know
// whether it is there, so it appends it again.
type writer struct {
	todo []eventstore.Commit
	ends map[eventstore.StreamID]eventstore.Position
	rand *rand.Rand
}

func writersOf(t *rapid.T, h *historytest.History) *writers {
	all := make([]*writer, 8)
	seed := rapid.Uint64().Draw(t, "writers")
	for i := range all {
		all[i] = &writer{ends: make(map[eventstore.StreamID]eventstore.Position), rand: rand.New(rand.NewPCG(seed, uint64(i)))}
	}
	of := make(map[eventstore.StreamID]*writer)
	for _, c := range h.Commits {
		w, known := of[c.Stream]
		if !known {
			w = all[len(of)%len(all)]
			of[c.Stream], w.ends[c.Stream] = w, eventstore.NoStream(c.Stream)
		}
		w.todo = append(w.todo, c)
	}
	return &writers{all: all, news: make(chan struct{}, 1)}
}

// write appends what the writers have left to do, and then says so, or what went
// wrong.
func (w *writers) write(store *boltstore.Store) <-chan error {
	errs, done := make([]error, len(w.all)), make(chan error, 1)
	for i, one := range w.all {
		w.wg.Go(func() { errs[i] = one.write(store, w.news) })
	}
	go func() {
		w.wg.Wait()
		done <- errors.Join(errs...)
	}()
	return done
}

func (w *writer) write(store *boltstore.Store, news chan<- struct{}) error {
	for len(w.todo) > 0 {
		c := w.todo[0]
		end := w.ends[c.Stream]
		for range 1 + w.rand.IntN(5)/4 { // at times once more
			stored, err := store.Append(context.Background(), c.Stream, end, c)
			if err != nil {
				return err
			}
			if !reflect.DeepEqual(stored, c) {
				return fmt.Errorf("stored %+v, want %+v", stored, c)
			}
		}
		if w.rand.IntN(5) == 0 {
			late := c
			late.Command.Key = "late"
			_, err := store.Append(context.Background(), c.Stream, end, late)
			if _, refused := errors.AsType[*eventstore.ConflictError](err); !refused && !errors.Is(err, boltstore.ErrClosed) {
				return errors.Join(fmt.Errorf("a late append to %s is no conflict", c.Stream), err)
			}
		}
		w.todo, w.ends[c.Stream] = w.todo[1:], c.End()
		if w.rand.IntN(5) > 0 {
			continue
		}
		select {
		case news <- struct{}{}:
		default: // it is said already
		}
	}
	return nil
}
