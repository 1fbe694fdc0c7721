// Package boltstore keeps events in one local file: the same items under the
// same keys as in a DynamoDB table, each commit on disk before it is
// acknowledged, and a change feed from which views and other consumers are fed.
package boltstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

const (
	// Memory is the path of a store that keeps nothing.
	Memory = ":memory:"
	// Format is the number of the file's format that this program writes and reads.
	Format = 1
	// lockWait is how long the file's lock is waited for.
	lockWait = 5 * time.Second
)

// The buckets of the file.
var (
	aboutBucket       = []byte("daybook")     // format → number
	eventsBucket      = []byte("events")      // stream, 0, version of the first event → item
	feedBucket        = []byte("feed")        // sequence → key in events
	checkpointsBucket = []byte("checkpoints") // consumer → sequence
	formatKey         = []byte("format")
)

// ErrClosed says that the store was closed.
var ErrClosed = errors.New("event store is closed")

// ErrBroken says that an earlier write failed in a way that leaves unknown what
// is on disk. The store goes on to read what was acknowledged, and writes
// nothing until it is opened again.
var ErrBroken = errors.New("event store writes no more since a write failed; start the program again")

// A Store keeps its streams in one file. One program at a time has the file.
type Store struct {
	db   *bbolt.DB
	path string // empty for a store that keeps nothing

	mu       sync.RWMutex // held to send on requests, and to close it
	closed   bool
	requests chan *request
	ended    chan struct{} // the writer has ended

	head atomic.Uint64 // sequence of the last commit that is on disk

	writing sync.Mutex
	broken  error // why nothing is written any more
	news    news
}

var _ eventstore.Store = (*Store)(nil)

// Open opens the file at path, or makes it and the folders above it. It waits
// 5 s for another program to leave the file. Each error is for people and ends
// with what to do next.
func Open(path string) (*Store, error) {
	s := &Store{path: path, requests: make(chan *request, maxGroup), ended: make(chan struct{})}
	options := *bbolt.DefaultOptions
	options.Timeout = lockWait
	if path == Memory {
		dir, err := os.MkdirTemp("", "daybook-")
		if err != nil {
			return nil, err
		}
		defer func() { _ = os.RemoveAll(dir) }() // the open file lives on without a name
		path, s.path, options.NoSync, options.NoGrowSync = filepath.Join(dir, "events.db"), "", true, true
	}
	if err := prepare(path); err != nil {
		return nil, err
	}
	var err error
	if s.db, err = open(path, &options); err != nil {
		return nil, err
	}
	if err := s.found(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), s.db.Close())
	}
	if err := s.sign(); err != nil {
		return nil, errors.Join(notWritable(path, err), s.db.Close())
	}
	go s.write()
	return s, nil
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

// found makes a new file Daybook's own, and refuses one that is not.
func (s *Store) found() error {
	fresh := false
	err := guarded(func() error {
		return s.db.View(func(tx *bbolt.Tx) error { return s.known(tx, &fresh) })
	})
	if err != nil || !fresh {
		// What a killed program wrote may not be on disk yet.
		return errors.Join(err, s.db.Sync())
	}
	return s.db.Update(func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{eventsBucket, feedBucket, checkpointsBucket} {
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		about, err := tx.CreateBucket(aboutBucket)
		if err != nil {
			return err
		}
		return about.Put(formatKey, []byte(strconv.Itoa(Format)))
	})
}

// known reads the head of a file that is Daybook's; one that holds nothing is
// fresh.
func (s *Store) known(tx *bbolt.Tx, fresh *bool) error {
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
	case format > Format:
		return fmt.Errorf("it has format %d, and this program reads up to %d; use a newer daybook", format, Format)
	}
	feed := tx.Bucket(feedBucket)
	if feed == nil || tx.Bucket(eventsBucket) == nil || tx.Bucket(checkpointsBucket) == nil {
		return errors.New("a part of it is missing; restore it from a copy, or choose another folder with --data or DAYBOOK_DATA")
	}
	s.head.Store(feed.Sequence())
	return nil
}

// sign writes down who has the file, for whoever waits for it in vain.
func (s *Store) sign() error {
	if s.path == "" {
		return nil
	}
	return os.WriteFile(s.path+".pid", fmt.Appendln(nil, os.Getpid()), 0o600)
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

// Close ends the store: appends that wait are done first.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	close(s.requests)
	s.mu.Unlock()
	<-s.ended
	s.news.tell()
	if s.path != "" {
		_ = os.Remove(s.path + ".pid") // while the file is still held: the next holder writes its own
	}
	return s.db.Close()
}

// key returns where the commit of a stream stands that begins with version v.
func key(stream string, v eventstore.Version) []byte {
	k := make([]byte, 0, len(stream)+9)
	return binary.BigEndian.AppendUint64(append(append(k, stream...), 0), uint64(v))
}
