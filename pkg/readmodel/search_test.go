package readmodel_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"github.com/daybook-es/daybook/internal/historytest"
	"github.com/daybook-es/daybook/pkg/bleveindex"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/search"
)

// crashing is an index of which an operation fails after so many; where only the
// reply is lost, it is done all the same.
type crashing struct {
	*bleveindex.Index
	left int // below 0: none fails
	lost bool
}

func (c *crashing) fails() bool {
	c.left--
	return c.left == -1
}

func (c *crashing) Get(ctx context.Context, key readmodel.Key) (readmodel.Row, error) {
	if c.fails() {
		return readmodel.Row{}, errCutOff
	}
	return c.Index.Get(ctx, key)
}

func (c *crashing) Put(ctx context.Context, row readmodel.Row) error {
	if !c.fails() {
		return c.Index.Put(ctx, row)
	}
	if c.lost {
		return errors.Join(c.Index.Put(ctx, row), errCutOff)
	}
	return errCutOff
}

func (c *crashing) Save(ctx context.Context, at projection.Place) error {
	if !c.fails() {
		return c.Index.Save(ctx, at)
	}
	if c.lost {
		return errors.Join(c.Index.Save(ctx, at), errCutOff)
	}
	return errCutOff
}

// words is an index in which each history is of a tenant of its own.
type words struct {
	path  string
	index *crashing
	saved projection.Place
}

func newWords(t *testing.T) *words {
	t.Helper()
	w := &words{path: filepath.Join(t.TempDir(), "search")}
	w.open()
	t.Cleanup(func() {
		if err := w.index.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func (w *words) open() {
	w.index = &crashing{Index: bleveindex.New(w.path, slog.New(slog.DiscardHandler)), left: -1}
}

// restart begins from what was saved, maybe in another process. That is where it
// was known to be saved, or where it may be.
func (w *words) restart(t *rapid.T, maybe projection.Place) projection.Place {
	if rapid.IntRange(0, 9).Draw(t, "in another process") == 9 {
		if err := w.index.Close(); err != nil {
			t.Fatal(err)
		}
		w.open()
	}
	at, err := w.index.Begin(context.Background())
	if err != nil || at != w.saved && at != maybe {
		t.Fatalf("search: it begins at %v, %v; it was saved at %v, and maybe at %v", at, err, w.saved, maybe)
	}
	w.saved = at
	return at
}

// find delivers a history to the index, which crashes anywhere and goes on from
// what was saved.
func (w *words) find(t *rapid.T, h *historytest.History) {
	ctx, queue := context.Background(), h.Delivery(t)
	w.restart(t, w.saved)
	var unsaved []eventstore.Commit
	for faults := 5; len(queue) > 0; {
		n, maybe := rapid.IntRange(1, len(queue)).Draw(t, "batch"), w.saved
		w.index.left = -1
		if faults > 0 {
			w.index.left = rapid.IntRange(0, 4*n).Draw(t, "operations before a crash")
			w.index.lost = rapid.Bool().Draw(t, "only the reply is lost")
		}
		err := search.New(w.index, h.Store).Apply(ctx, queue[:n]...)
		if err == nil {
			queue, unsaved = queue[n:], append(unsaved, queue[:n]...)
			if len(queue) > 0 && rapid.IntRange(0, 9).Draw(t, "save") < 9 {
				continue
			}
			maybe.Seq++
			err = w.index.Save(ctx, maybe)
		}
		switch {
		case errors.Is(err, errCutOff):
			faults--
			if before := w.saved; w.restart(t, maybe) == before {
				queue = append(unsaved, queue...)
			}
		case err != nil:
			t.Fatal(err)
		default:
			w.saved = maybe
		}
		unsaved = nil
	}
	h.AgreesOnWords(t, w.index)
}
