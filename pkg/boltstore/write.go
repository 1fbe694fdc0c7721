package boltstore

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"syscall"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// maxGroup is how many requests share one sync at most.
const maxGroup = 256

// ErrBroken says that an earlier write failed in a way that leaves unknown what
// is on disk. Nothing is written until the file is opened again; a [Store] goes
// on to read what was acknowledged.
var ErrBroken = errors.New("nothing is written any more since a write failed; start the program again")

// send lets the request wait for the writer. Once it waits, ctx no longer
// matters.
func (f *file[R]) send(ctx context.Context, r R) error {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if f.closed {
		return ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case f.requests <- r:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// write takes whatever requests wait and hands them to commit, which puts them
// on disk with one sync. While it syncs the next group gathers, and a lone
// request waits for nobody.
func (f *file[R]) write(commit func(group []R)) {
	defer close(f.ended)
	for first := range f.requests {
		group := []R{first}
		for len(group) < maxGroup {
			select {
			case r, open := <-f.requests:
				if open {
					group = append(group, r)
					continue
				}
			default:
			}
			break
		}
		commit(group)
	}
}

// update writes to the file. What fails before it is committed, or on a disk
// that is full, leaves the file as it was. After any other failure, such as one
// to sync, nobody knows what is on disk: no more is written until the file is
// opened again.
func (f *file[R]) update(write func(tx *bbolt.Tx) error) error {
	f.writing.Lock()
	defer f.writing.Unlock()
	if f.broken != nil {
		return fmt.Errorf("%w: %w", eventstore.ErrUnavailable, f.broken)
	}
	committing := false
	err := guarded(func() error {
		return f.db.Update(func(tx *bbolt.Tx) error {
			err := write(tx)
			committing = err == nil
			return err
		})
	})
	switch {
	case err == nil:
		return nil
	case errors.Is(err, bolterrors.ErrDatabaseNotOpen):
		return ErrClosed
	case committing && !errors.Is(err, syscall.ENOSPC):
		f.broken = fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return fmt.Errorf("%w: %w", eventstore.ErrUnavailable, err)
}

// guarded does what reads the file's pages, and makes an error of a panic.
func guarded(do func() error) (err error) {
	defer guard(&err)()
	return do()
}

// guard makes an error of the panics with which bbolt answers a damaged page,
// and of a fault on a page that the disk cannot give.
func guard(err *error) func() {
	old := debug.SetPanicOnFault(true)
	return func() {
		debug.SetPanicOnFault(old)
		if p := recover(); p != nil {
			*err = fmt.Errorf("the file is damaged: %v", p)
		}
	}
}
