package journal

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"slices"
)

// A Cursor is the place up to which each segment was read; nil is before
// everything. It is not changed once it is made.
type Cursor []uint64

// At returns the place in a segment.
func (c Cursor) At(segment int) uint64 {
	if segment >= len(c) {
		return 0
	}
	return c[segment]
}

// Holds reports whether an entry is not after the cursor.
func (c Cursor) Holds(e Entry) bool { return e.Place <= c.At(e.Segment) }

// To returns the cursor with another place in one of so many segments.
func (c Cursor) To(segment int, place uint64, of int) Cursor {
	next := make(Cursor, of)
	copy(next, c)
	next[segment] = place
	return next
}

// Equal reports whether both are the same places.
func (c Cursor) Equal(other Cursor) bool {
	for i := range max(len(c), len(other)) {
		if c.At(i) != other.At(i) {
			return false
		}
	}
	return true
}

// digestSize is how much of a hash a cursor's text has. It tells a text that was
// cut off, edited, or another tenant's; it keeps no secret.
const digestSize = 6

// form is the first byte of what is hashed. When the form of texts changes it does
// too, and those of before are refused, not misread.
const form = 1

func digest(tenant string, places []byte) []byte {
	sum := sha256.Sum256(slices.Concat([]byte{form}, []byte(tenant), []byte{0}, places))
	return sum[:digestSize]
}

// Text returns the cursor as clients of a tenant keep it.
func (c Cursor) Text(tenant string) string {
	var places []byte
	for _, place := range c {
		places = binary.AppendUvarint(places, place)
	}
	return base64.RawURLEncoding.EncodeToString(append(digest(tenant, places), places...))
}

// Parse reads what Text wrote for the tenant, or reports false.
func Parse(tenant, text string) (Cursor, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) < digestSize {
		return nil, false
	}
	var c Cursor
	for places := raw[digestSize:]; len(places) > 0; {
		place, n := binary.Uvarint(places)
		if n <= 0 {
			return nil, false
		}
		c, places = append(c, place), places[n:]
	}
	return c, c.Text(tenant) == text
}
