package bleveindex

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
)

var errNotOpen = errors.New("it is not open")

// open opens what is there, or makes an index where there is none that can be
// opened.
func (x *Index) open() error {
	if x.path == Memory {
		dir, err := os.MkdirTemp("", "daybook-search-")
		if err != nil {
			return wrap("open", err)
		}
		return x.create(dir)
	}
	found, err := openAt(x.path)
	if err == nil {
		x.index = found
		return nil
	}
	_, missing := os.Stat(x.path)
	if err := os.RemoveAll(x.path); err != nil {
		return wrap("open", err)
	}
	if err := x.create(x.path); err != nil {
		return err
	}
	if !errors.Is(missing, os.ErrNotExist) {
		x.log.Warn("search index is made anew: it cannot be opened", "path", x.path, "err", err)
	}
	return nil
}

func openAt(path string) (index bleve.Index, err error) {
	err = guarded(func() error {
		index, err = bleve.OpenUsing(path, map[string]any{"bolt_timeout": "1s"})
		return err
	})
	return index, err
}

func (x *Index) create(path string) error {
	index, err := bleve.NewUsing(path, mapped(), scorch.Name, scorch.Name, map[string]any{"bolt_timeout": "1s"})
	if err != nil {
		return wrap("create", errors.Join(err, os.RemoveAll(path)))
	}
	x.index, x.broken = index, false
	return nil
}

// close closes the index, if it is open.
func (x *Index) close() error {
	if x.index == nil {
		return nil
	}
	index := x.index
	x.index = nil
	err := guarded(index.Close)
	if x.path == Memory {
		err = errors.Join(err, os.RemoveAll(index.Name()))
	}
	return err
}

// remove throws the index away. That it does not close says nothing new.
func (x *Index) remove() error {
	if err := x.close(); err != nil {
		x.log.Warn("search index did not close", "err", err)
	}
	return wrap("remove", os.RemoveAll(x.path))
}

// silence is how long a write may take. bleve writes in the background, and what
// ended there by a panic never answers.
const silence = time.Minute

// write writes a batch. An index that does not answer is left alone, for it would
// not close either.
func (x *Index) write(batch *bleve.Batch) error {
	index, done := x.index, make(chan error, 1)
	go func() { done <- guarded(func() error { return index.Batch(batch) }) }()
	select {
	case err := <-done:
		return x.noted(err)
	case <-time.After(silence):
		x.index, x.broken = nil, true
		return errSilent
	}
}

var errSilent = fmt.Errorf("it does not answer for %v", silence)

// ask does what asks the open index.
func (x *Index) ask(do func() error) error {
	if x.index == nil {
		return errNotOpen
	}
	return x.noted(guarded(do))
}

// noted notes by its error when an index is damaged.
func (x *Index) noted(err error) error {
	if _, damaged := errors.AsType[damageError](err); damaged {
		x.broken = true
	}
	return err
}

// A damageError is a panic with which bleve answers some damage, a fault on a page
// that the disk cannot give, or what nobody here has written.
type damageError string

func (e damageError) Error() string { return "it is damaged: " + string(e) }

func guarded(do func() error) (err error) {
	old := debug.SetPanicOnFault(true)
	defer func() {
		debug.SetPanicOnFault(old)
		if p := recover(); p != nil {
			err = damageError(fmt.Sprint(p))
		}
	}()
	return do()
}
