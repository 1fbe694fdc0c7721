// Package boltstore keeps events in one local file: the same items under the
// same keys as in a DynamoDB table, each commit on disk before it is
// acknowledged, and a change feed from which views and other consumers are fed.
// Beside it, in a file of their own, stand the ledgers of what plays the outside
// world.
package boltstore

import (
	"encoding/binary"
	"sync/atomic"

	"go.etcd.io/bbolt"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// Format is the number of the events' format that this program writes and reads.
const Format = 1

// The buckets of the events' file.
var (
	eventsBucket      = []byte("events")      // stream, 0, version of the first event → item
	feedBucket        = []byte("feed")        // sequence → key in events
	checkpointsBucket = []byte("checkpoints") // consumer → sequence
)

// A Store keeps its streams in one file. One program at a time has the file.
type Store struct {
	file[*request]
	head atomic.Uint64 // sequence of the last commit that is on disk
	news news
}

var _ eventstore.Store = (*Store)(nil)

// Open opens the file at path, or makes it and the folders above it. It waits
// 5 s for another program to leave the file. Each error is for people and ends
// with what to do next.
func Open(path string) (*Store, error) {
	s := new(Store)
	err := s.open(path, layout{
		format:  Format,
		buckets: [][]byte{eventsBucket, feedBucket, checkpointsBucket},
		found:   func(tx *bbolt.Tx) { s.head.Store(tx.Bucket(feedBucket).Sequence()) },
	})
	if err != nil {
		return nil, err
	}
	go s.write(s.commit)
	return s, nil
}

// Close ends the store: appends that wait are done first.
func (s *Store) Close() error {
	defer s.news.tell()
	return s.close()
}

// key returns where the commit of a stream stands that begins with version v.
func key(stream string, v eventstore.Version) []byte {
	k := make([]byte, 0, len(stream)+9)
	return binary.BigEndian.AppendUint64(append(append(k, stream...), 0), uint64(v))
}
