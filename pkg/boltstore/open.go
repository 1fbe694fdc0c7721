package boltstore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

const (
	// Memory is the path of a file that keeps nothing.
	Memory = ":memory:"
	// lockWait is how long the file's lock is waited for.
	lockWait = 5 * time.Second
)

// Every file says what it is.
var (
	aboutBucket = []byte("daybook") // format → number
	formatKey   = []byte("format")
)

// ErrClosed says that the file was closed.
var ErrClosed = errors.New("the file is closed")

// A file is one that this program has to itself. What waits to be written to
// it, each a request R, goes to disk together.
type file[R any] struct {
	db   *bbolt.DB
	path string // empty for one that keeps nothing

	mu       sync.RWMutex // held to send on requests, and to close it
	closed   bool
	requests chan R
	ended    chan struct{} // the writer has ended

	writing sync.Mutex
	broken  error // why nothing is written any more
}

// A layout is what a file of Daybook is made of.
type layout struct {
	format  int
	buckets [][]byte
	found   func(tx *bbolt.Tx) // is shown a file that is not new
}

// open opens the file at path, or makes it and the folders above it. Once it is
// open, write is to be called.
func (f *file[R]) open(path string, l layout) error {
	f.path, f.requests, f.ended = path, make(chan R, maxGroup), make(chan struct{})
	options := *bbolt.DefaultOptions
	options.Timeout = lockWait
	if path == Memory {
		dir, err := os.MkdirTemp("", "daybook-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }() // the open file lives on without a name
		path, f.path, options.NoSync, options.NoGrowSync = filepath.Join(dir, "memory.db"), "", true, true
	}
	if err := prepare(path); err != nil {
		return err
	}
	var err error
	if f.db, err = open(path, &options); err != nil {
		return err
	}
	if err := f.settle(l); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", path, err), f.db.Close())
	}
	if err := f.sign(); err != nil {
		return errors.Join(notWritable(path, err), f.db.Close())
	}
	return nil
}

func open(path string, options *bbolt.Options) (db *bbolt.DB, err error) {
	err = guarded(func() (err error) {
		db, err = bbolt.Open(path, 0o600, options)
		return err
	})
	switch {
	case err == nil:
		return db, nil
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, fmt.Errorf("%s is in use by %s; stop that one, or choose another folder with --data or DAYBOOK_DATA", path, holder(path))
	case errors.Is(err, os.ErrPermission):
		return nil, notWritable(path, err)
	default:
		return nil, damaged(path, err.Error())
	}
}

// settle makes a new file Daybook's own, and refuses one that is not.
func (f *file[R]) settle(l layout) error {
	fresh := false
	err := guarded(func() error {
		return f.db.View(func(tx *bbolt.Tx) error { return l.known(tx, &fresh) })
	})
	if err != nil || !fresh {
		// What a killed program wrote may not be on disk yet.
		return errors.Join(err, f.db.Sync())
	}
	return f.db.Update(func(tx *bbolt.Tx) error {
		for _, name := range l.buckets {
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		about, err := tx.CreateBucket(aboutBucket)
		if err != nil {
			return err
		}
		return about.Put(formatKey, []byte(strconv.Itoa(l.format)))
	})
}

// known reads the head of a file that is Daybook's; one that holds nothing is
// fresh.
func (l layout) known(tx *bbolt.Tx, fresh *bool) error {
	if name, _ := tx.Cursor().First(); name == nil {
		*fresh = true
		return nil
	}
	about := tx.Bucket(aboutBucket)
	if about == nil {
		return errors.New("it is another program's file; choose another folder with --data or DAYBOOK_DATA")
	}
	switch format, err := strconv.Atoi(string(about.Get(formatKey))); {
	case err != nil:
		return errors.New("it does not say which format it has; restore it from a copy, or choose another folder with --data or DAYBOOK_DATA")
	case format > l.format:
		return fmt.Errorf("it has format %d, and this program reads up to %d; use a newer daybook", format, l.format)
	}
	for _, name := range l.buckets {
		if tx.Bucket(name) == nil {
			return errors.New("a part of it is missing; restore it from a copy, or choose another folder with --data or DAYBOOK_DATA")
		}
	}
	if l.found != nil {
		l.found(tx)
	}
	return nil
}

// sign writes down who has the file, for whoever waits for it in vain.
func (f *file[R]) sign() error {
	if f.path == "" {
		return nil
	}
	return os.WriteFile(f.path+".pid", fmt.Appendln(nil, os.Getpid()), 0o600)
}

func holder(path string) string {
	text, _ := os.ReadFile(path + ".pid")
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || pid <= 0 {
		return "another program"
	}
	p, err := os.FindProcess(pid)
	if err != nil || errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone) {
		return "another program" // the note is of one that was killed
	}
	return fmt.Sprint("process ", pid)
}

// close ends the file: what waits is written first.
func (f *file[R]) close() error {
	f.mu.Lock()
	if f.closed {
		f.mu.Unlock()
		return nil
	}
	f.closed = true
	close(f.requests)
	f.mu.Unlock()
	<-f.ended
	if f.path != "" {
		_ = os.Remove(f.path + ".pid") // while the file is still held: the next holder writes its own
	}
	return f.db.Close()
}
