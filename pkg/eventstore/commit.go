package eventstore

import (
	"encoding/json"
	"errors"
	"iter"
	"strings"
	"time"
	"unicode/utf8"
)

// A Commit is what one command wrote: events that stand together or not at all.
// Events, Command, At and Snapshot are the writer's; Stream and First are given
// by [Position.Extend] when it is appended.
type Commit struct {
	Stream   StreamID
	First    Version // of the first event
	Events   []Event
	Command  CommandID
	At       time.Time // UTC, whole milliseconds; never before that of the commit it follows
	Snapshot *Snapshot // optional: the state after this commit
}

// An Event as it is stored. Its id is its stream and version.
type Event struct {
	Type        string          `json:"type"`
	Data        json.RawMessage `json:"data"`
	Correlation string          `json:"correlation,omitempty"` // of everything that one request from outside set off
	Causation   string          `json:"causation,omitempty"`   // the command id or event id that led to it
	Actor       string          `json:"actor,omitempty"`       // who asked
}

// A CommandID marks the commit that a command wrote, so that it is written once.
type CommandID struct {
	Key string
	// Fingerprint is a hash of the request that a client sent under its own key;
	// empty where the key is not a client's.
	Fingerprint string
}

// A Snapshot is a folded state, so that a load need not go further back.
type Snapshot struct {
	Schema int // version of the form of Data, from 1
	Data   json.RawMessage
}

// Recorded is one event with its place.
type Recorded struct {
	Event
	Stream  StreamID
	Version Version
	At      time.Time
}

// Last returns the version of the commit's last event.
func (c Commit) Last() Version { return c.First + Version(len(c.Events)) - 1 }

// End returns the position after the commit. It is for commits that were read
// or appended; a commit that somebody put together has no place in a stream.
func (c Commit) End() Position {
	return Position{stream: c.Stream, version: c.Last(), at: c.At}
}

// Follows returns a [*HoleError] unless the commit begins where p ends.
func (c Commit) Follows(p Position) error {
	if c.Stream != p.stream || c.First != p.version+1 {
		return &HoleError{Stream: p.stream, After: p.version, Found: c.First}
	}
	return nil
}

// Scanned makes of the items that a store finds, one stream after the other,
// what [Store]'s Scan promises.
func Scanned(found iter.Seq2[Commit, error]) iter.Seq2[Commit, error] {
	return func(yield func(Commit, error) bool) {
		var end Position
		damaged := false // is the stream of end
		for c, err := range found {
			if c.Stream != end.stream {
				end, damaged = NoStream(c.Stream), false
			}
			if damaged && c.Stream != (StreamID{}) {
				continue
			}
			if err == nil {
				err = c.Follows(end)
			}
			if err == nil {
				end = c.End()
			} else {
				c, damaged = Commit{Stream: c.Stream}, true
			}
			if !yield(c, err) || err != nil && !Damaged(err) {
				return
			}
		}
	}
}

// Damaged reports whether an error of a read says that what is stored makes no
// sense: an [*InvalidError] or a [*HoleError].
func Damaged(err error) bool {
	_, invalid := errors.AsType[*InvalidError](err)
	_, hole := errors.AsType[*HoleError](err)
	return invalid || hole
}

// Recorded yields the commit's events, each with its place.
func (c Commit) Recorded() iter.Seq[Recorded] {
	return func(yield func(Recorded) bool) {
		for i, e := range c.Events {
			if !yield(Recorded{Event: e, Stream: c.Stream, Version: c.First + Version(i), At: c.At}) {
				return
			}
		}
	}
}

// Extend returns the commit as it will stand right after p: every store stamps
// what it appends with it. It is an [*InvalidError] when p is of another stream
// or the commit cannot be stored.
func (p Position) Extend(stream StreamID, c Commit) (Commit, error) {
	if p.stream != stream {
		return Commit{}, invalid("position in %s is no position in %s", p.stream, stream)
	}
	if err := stream.validate(); err != nil {
		return Commit{}, err
	}
	c.Stream, c.First = stream, p.version+1
	c.At = c.At.UTC().Truncate(time.Millisecond)
	if c.At.Before(p.at) {
		c.At = p.at
	}
	return c, c.validate()
}

func (c Commit) validate() error {
	if len(c.Events) == 0 || c.Command.Key == "" || strings.Contains(c.Command.Fingerprint, " ") {
		return invalid("commit to %s: without an event or a command id, or with a space in its fingerprint", c.Stream)
	}
	for i, e := range c.Events {
		if e.Type == "" || !json.Valid(e.Data) {
			return invalid("commit to %s: event %d has no type, or data that is not JSON", c.Stream, i)
		}
		if !isText(e.Type) || !isText(e.Correlation) || !isText(e.Causation) || !isText(e.Actor) {
			return invalid("commit to %s: event %d has a text that is not UTF-8", c.Stream, i)
		}
	}
	if s := c.Snapshot; s != nil && (s.Schema < 1 || !json.Valid(s.Data)) {
		return invalid("commit to %s: a snapshot without a schema, or that is not JSON", c.Stream)
	}
	item := c.Item()
	if !isText(item.E) || !isText(item.C) || !isText(item.S) {
		return invalid("commit to %s: its data, command id or snapshot is not UTF-8", c.Stream)
	}
	if size := item.Size(); size > MaxItem {
		return invalid("commit to %s: %d bytes are more than an item holds (%d)", c.Stream, size, MaxItem)
	}
	return nil
}

// isText guards what DynamoDB would not refuse but replace: [json.Valid] lets
// bytes pass that are no UTF-8.
func isText(s string) bool { return utf8.ValidString(s) }
