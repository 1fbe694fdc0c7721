package eventstore

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A StreamID names a stream: all events of one thing.
type StreamID struct {
	Tenant   string
	Category string
	ID       string
}

// String returns "tenant/category/id", the form in which a stream is stored.
func (s StreamID) String() string { return s.Tenant + "/" + s.Category + "/" + s.ID }

// ParseStreamID reads what String wrote.
func ParseStreamID(text string) (StreamID, error) {
	parts := strings.Split(text, "/")
	if len(parts) != 3 {
		return StreamID{}, invalid("stream %q is not tenant/category/id", text)
	}
	s := StreamID{Tenant: parts[0], Category: parts[1], ID: parts[2]}
	return s, s.validate()
}

// maxStreamID is what DynamoDB allows for a partition key, less room for
// whatever a store puts beside it.
const maxStreamID = 1024

func (s StreamID) validate() error {
	for _, part := range []string{s.Tenant, s.Category, s.ID} {
		if part == "" || !utf8.ValidString(part) || strings.ContainsFunc(part, func(r rune) bool { return r == '/' || unicode.IsControl(r) }) {
			return invalid("stream %q: a part is empty, or has a slash, a control character or no UTF-8 in it", s.String())
		}
	}
	if len(s.String()) > maxStreamID {
		return invalid("stream %.40q…: longer than %d bytes", s.String(), maxStreamID)
	}
	return nil
}

// A Position is the end of a commit in one stream, or the beginning of a
// stream. It comes from a read, an append or [NoStream] alone, so that whoever
// appends after it can write neither a gap nor an overlap.
type Position struct {
	stream  StreamID
	version Version
	at      time.Time
}

// NoStream is the position before the first event.
func NoStream(stream StreamID) Position { return Position{stream: stream} }

// Stream returns the stream that the position is in.
func (p Position) Stream() StreamID { return p.stream }

// Version returns the number of events up to here.
func (p Position) Version() Version { return p.version }

// MarshalText writes the position so that a projection or a cursor can keep it.
func (p Position) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%s@%d", p.stream, p.version), nil
}

// UnmarshalText reads a position that MarshalText wrote. Such a position is for
// reading on; the time of the commit it ends is not kept.
func (p *Position) UnmarshalText(text []byte) error {
	i := strings.LastIndexByte(string(text), '@')
	if i < 0 {
		return invalid("position %q is not stream@version", text)
	}
	stream, err := ParseStreamID(string(text[:i]))
	if err != nil {
		return err
	}
	v, err := parseVersion(string(text[i+1:]))
	if err != nil {
		return err
	}
	*p = Position{stream: stream, version: v}
	return nil
}
