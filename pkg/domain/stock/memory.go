package stock

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"time"
)

// memory holds, oldest first, the orders that were settled lately: for each, a
// digest of its id and the time its step was entered, in milliseconds. It is
// kept as bytes so that a snapshot of a busy product stays small, and in leaves
// of which only the last is copied for one order more.
type memory [][]byte

const (
	digestSize = 8
	entrySize  = digestSize + 8
	leafSize   = 50 * entrySize
	// maxEntries and maxAge bound the memory. Two minutes, the deadline of a
	// reservation, would do; the rest is for clocks and for redeliveries.
	maxEntries = 2000
	maxAge     = 10 * time.Minute
)

func digest(id OrderID) []byte {
	sum := sha256.Sum256([]byte(id))
	return sum[:digestSize]
}

// add returns the memory with one more order, and the latest time of those that
// it forgot for it; zero if it forgot none.
func (m memory) add(id OrderID, entered time.Time) (_ memory, forgotten time.Time) {
	// Rounded up: what was entered before this one stays before it.
	entry := binary.BigEndian.AppendUint64(digest(id), uint64(entered.Add(time.Millisecond-1).UnixMilli()))
	m = slices.Clone(m)
	if last := len(m) - 1; last >= 0 && len(m[last]) < leafSize {
		m[last] = slices.Concat(m[last], entry)
	} else {
		m = append(m, entry)
	}
	for m.size() > maxEntries*entrySize || entered.Sub(m.first()) > maxAge {
		if first := m.first(); first.After(forgotten) {
			forgotten = first
		}
		if m[0] = m[0][entrySize:]; len(m[0]) == 0 {
			m = m[1:]
		}
	}
	return m, forgotten
}

func (m memory) size() (bytes int) {
	for _, leaf := range m {
		bytes += len(leaf)
	}
	return bytes
}

func (m memory) first() time.Time {
	return time.UnixMilli(int64(binary.BigEndian.Uint64(m[0][digestSize:]))).UTC()
}

// has reports whether the order was settled lately. Digests of two orders agree
// once in 2⁶⁴: then one reservation is refused that need not be.
func (m memory) has(id OrderID) bool {
	wanted := digest(id)
	for _, leaf := range m {
		for entry := range slices.Chunk(leaf, entrySize) {
			if bytes.Equal(entry[:digestSize], wanted) {
				return true
			}
		}
	}
	return false
}
