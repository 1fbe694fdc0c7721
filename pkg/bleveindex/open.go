package bleveindex

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"

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
	if _, missing := os.Stat(x.path); !errors.Is(missing, os.ErrNotExist) {
		x.log.Warn("search index is made anew: it cannot be opened", "path", x.path, "err", err)
	}
	if err := os.RemoveAll(x.path); err != nil {
		return wrap("open", err)
	}
	return x.create(x.path)
}

// openAt makes an error of the panics with which bleve answers some damage.
func openAt(path string) (index bleve.Index, err error) {
	defer guard(&err)()
	return bleve.OpenUsing(path, map[string]any{"bolt_timeout": "1s"})
}

func (x *Index) create(path string) error {
	index, err := bleve.NewUsing(path, mapped(), scorch.Name, scorch.Name, map[string]any{"bolt_timeout": "1s"})
	if err != nil {
		return wrap("create", errors.Join(err, os.RemoveAll(path)))
	}
	x.index, x.broken = index, false
	return nil
}

// remove throws the index away.
func (x *Index) remove() error {
	path := x.path
	if x.index != nil {
		path = x.index.Name()
		err := x.guarded(x.index.Close)
		if x.index = nil; err != nil {
			x.log.Warn("search index did not close", "err", err)
		}
	}
	return wrap("remove", os.RemoveAll(path))
}

// guarded does what asks the open index. What panics once is broken.
func (x *Index) guarded(do func() error) (err error) {
	if x.index == nil {
		return errNotOpen
	}
	defer func() {
		if _, damaged := errors.AsType[damageError](err); damaged {
			x.broken = true
		}
	}()
	defer guard(&err)()
	return do()
}

// A damageError is what bleve panics with, or a fault on a page that the disk
// cannot give.
type damageError string

func (e damageError) Error() string { return string(e) }

func guard(err *error) func() {
	old := debug.SetPanicOnFault(true)
	return func() {
		debug.SetPanicOnFault(old)
		if p := recover(); p != nil {
			*err = damageError(fmt.Sprint("the index is damaged: ", p))
		}
	}
}
