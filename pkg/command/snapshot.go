package command

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

const (
	// remembered is how many commits under a client's key a snapshot knows.
	remembered = 20
	// maxWithSnapshot is the size that an item does not pass for a snapshot's
	// sake, in bytes: events need room more than a shortcut does.
	maxWithSnapshot = 300 << 10
)

// stored is a snapshot's form: the state, and the keys that led to it.
type stored[S any] struct {
	State S    `json:"state"`
	Keys  keys `json:"keys,omitempty"`
}

func encodeSnapshot[S any](state S, k keys) ([]byte, error) {
	data, err := json.Marshal(stored[S]{State: state, Keys: k})
	if err != nil {
		return nil, fmt.Errorf("snapshot of %T: %w", state, err)
	}
	return data, nil
}

func decodeSnapshot[S any](data []byte) (S, keys, error) {
	var s stored[S]
	err := json.Unmarshal(data, &s)
	if err == nil && len(s.Keys)%keySize != 0 {
		err = fmt.Errorf("snapshot of %T: %d bytes of keys", s.State, len(s.Keys))
	}
	return s.State, s.Keys, err
}

// withSnapshot adds the snapshot to a stamped commit if it is free, or if there
// were so many events since the last one that paying for it keeps the mean
// price within a twentieth.
func withSnapshot(c eventstore.Commit, s eventstore.Snapshot, since int) eventstore.Commit {
	bare := c.Item()
	full := bare
	full.S, full.SV = string(s.Data), s.Schema
	own := max(1, full.Units()-bare.Units())
	if full.Size() <= maxWithSnapshot && (full.Units() == bare.Units() || since >= max(50, 20*own)) {
		c.Snapshot = &s
	}
	return c
}

// keys holds, newest last, the version and the digest of the last commits under
// a client's key: keySize bytes each.
type keys []byte

const keySize = 16

func digest(key string) []byte {
	sum := sha256.Sum256([]byte(key))
	return sum[:8]
}

// add returns the keys with one more and without those that are too old.
func (k keys) add(key string, at eventstore.Version) keys {
	k = append(binary.BigEndian.AppendUint64(slices.Clip(k), uint64(at)), digest(key)...)
	return k[max(0, len(k)-remembered*keySize):]
}

// find returns the versions at which commits end that may be the key's, newest
// first. Digests can agree by accident, so the commit itself decides.
func (k keys) find(key string) []eventstore.Version {
	var at []eventstore.Version
	wanted := digest(key)
	for i := len(k) - keySize; i >= 0; i -= keySize {
		if bytes.Equal(k[i+8:i+keySize], wanted) {
			at = append(at, eventstore.Version(binary.BigEndian.Uint64(k[i:])))
		}
	}
	return at
}
