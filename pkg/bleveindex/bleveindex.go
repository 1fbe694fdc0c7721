// Package bleveindex finds orders by words with bleve, in a folder of its own.
//
// What is put waits in memory until it is saved, together with the place in the
// feed up to which the index holds everything: after a crash it holds less than
// was put, and its place says so. An index that cannot be opened is thrown away,
// for it can be made again.
package bleveindex

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"

	"github.com/blevesearch/bleve/v2"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/search"
)

// Memory is the path of an index that outlives nothing.
const Memory = ":memory:"

// An Index is in one folder. It is opened by Begin, and so may be in trouble, for
// which all its methods have an error, without anybody else being so.
type Index struct {
	path string
	log  *slog.Logger

	mu      sync.Mutex
	index   bleve.Index // nil: not open
	broken  bool        // it answered with a panic
	pending map[readmodel.Key]readmodel.Row
}

var (
	_ search.Index          = (*Index)(nil)
	_ projection.Checkpoint = (*Index)(nil)
)

// New returns the index in a folder, which nobody else has.
func New(path string, log *slog.Logger) *Index {
	return &Index{path: path, log: log, pending: make(map[readmodel.Key]readmodel.Row)}
}

// placeKey is where the place is kept.
var placeKey = []byte("daybook.place")

// A saved place has the form of what was saved with it.
type saved struct {
	projection.Place
	Form int
}

// Begin implements [projection.Checkpoint]. What was put and not saved is
// forgotten.
func (x *Index) Begin(context.Context) (at projection.Place, err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	clear(x.pending)
	if x.broken {
		if err := x.remove(); err != nil {
			return at, err
		}
	}
	if x.index == nil {
		if err := x.open(); err != nil {
			return at, err
		}
	}
	last := saved{Form: search.Form}
	err = x.ask(func() error {
		text, err := x.index.GetInternal(placeKey)
		if err != nil || text == nil {
			return err
		}
		return decode(text, &last)
	})
	if err == nil && last.Form != search.Form {
		x.log.Info("search index is made anew: it has the form of another version", "path", x.path)
		return projection.Place{}, x.reset()
	}
	return last.Place, wrap("begin", err)
}

// Save implements [projection.Checkpoint]. When it returns, all is on disk. Where
// it fails the index is closed, until Begin: bleve would try again without a pause.
func (x *Index) Save(_ context.Context, at projection.Place) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.index == nil {
		return wrap("save", errNotOpen)
	}
	batch, err := x.batch(at)
	if err == nil {
		err = x.write(batch)
	}
	if err != nil {
		return wrap("save", errors.Join(err, x.close()))
	}
	clear(x.pending)
	return nil
}

func (x *Index) batch(at projection.Place) (*bleve.Batch, error) {
	batch := x.index.NewBatch()
	for key, row := range x.pending {
		entry, err := entryOf(row)
		if err != nil {
			return nil, err
		}
		if err := batch.Index(nameOf(key), entry); err != nil {
			return nil, err
		}
	}
	text, err := json.Marshal(saved{at, search.Form})
	if err != nil {
		return nil, err
	}
	batch.SetInternal(placeKey, text)
	return batch, nil
}

// Reset implements [projection.Checkpoint].
func (x *Index) Reset(context.Context) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	clear(x.pending)
	return x.reset()
}

func (x *Index) reset() error {
	if err := x.remove(); err != nil {
		return err
	}
	return x.open()
}

// Get implements [search.Index].
func (x *Index) Get(ctx context.Context, key readmodel.Key) (readmodel.Row, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	row, err := x.get(key)
	return row, cmp.Or(ctx.Err(), wrap("get", err))
}

func (x *Index) get(key readmodel.Key) (row readmodel.Row, err error) {
	if row, ok := x.pending[key]; ok {
		return copied(row), nil
	}
	row.Key = key
	err = x.ask(func() error {
		found, err := x.index.Document(nameOf(key))
		if err != nil || found == nil {
			return err
		}
		return rowOf(found, &row)
	})
	return row, err
}

// Put implements [search.Index], but that a row is found only when it is saved.
func (x *Index) Put(ctx context.Context, row readmodel.Row) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	last, err := x.get(row.Key)
	if err := cmp.Or(ctx.Err(), wrap("put", err)); err != nil {
		return err
	}
	if last.Revision != row.Revision {
		return readmodel.ErrRace
	}
	row.Revision++
	x.pending[row.Key] = copied(row)
	return nil
}

func copied(row readmodel.Row) readmodel.Row {
	row.Applied, row.Data, row.Lists = maps.Clone(row.Applied), bytes.Clone(row.Data), slices.Clone(row.Lists)
	return row
}

// Close ends the index. What was put and not saved is forgotten.
func (x *Index) Close() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	return wrap("close", x.close())
}

// A troubleError says what the index cannot do. It may pass, and is never the
// fault of who asked: it is [eventstore.ErrUnavailable].
type troubleError struct {
	what string
	err  error
}

func (e *troubleError) Error() string        { return "search index: " + e.what + ": " + e.err.Error() }
func (e *troubleError) Unwrap() error        { return e.err }
func (e *troubleError) Is(target error) bool { return target == eventstore.ErrUnavailable }

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return &troubleError{what, err}
}
