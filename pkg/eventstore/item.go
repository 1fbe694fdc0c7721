package eventstore

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	// MaxItem is the size of the largest item DynamoDB stores, in bytes.
	// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Limits.html
	MaxItem = 400 << 10
	// unit is what one write unit pays for, in bytes.
	unit = 1 << 10
	// timeForm is RFC 3339 with milliseconds, so that it sorts as text.
	timeForm = "2006-01-02T15:04:05.000Z07:00"
)

// An Item is a commit in its stored shape: one item of a table, the same in
// every store. The field names are the attributes' names.
type Item struct {
	P  string  // partition key: tenant/category/id
	V  Version // sort key: version of the first event
	N  int     // number of events
	E  string  // the events, as JSON
	C  string  // fingerprint (it may be empty), a space, command id
	At string  // commit time
	S  string  // snapshot, or empty
	SV int     // version of its schema
}

// Item returns the stored shape of a stamped commit.
func (c Commit) Item() Item {
	i := Item{
		P: c.Stream.String(), V: c.First, N: len(c.Events), E: encodeEvents(c.Events),
		C: c.Command.Fingerprint + " " + c.Command.Key, At: c.At.Format(timeForm),
	}
	if c.Snapshot != nil {
		i.S, i.SV = string(c.Snapshot.Data), c.Snapshot.Schema
	}
	return i
}

// Commit reads an item back. One that makes no sense is as Invalid has it.
func (i Item) Commit() (Commit, error) {
	var events []Event
	if err := json.Unmarshal([]byte(i.E), &events); err != nil {
		return i.Invalid("events: %v", err)
	}
	return i.Holding(events)
}

// Holding is Commit for a store that has read the events already.
func (i Item) Holding(events []Event) (Commit, error) {
	stream, err := ParseStreamID(i.P)
	if err != nil {
		return i.Invalid("%v", err)
	}
	c := Commit{Stream: stream, First: i.V, Events: events}
	if len(c.Events) == 0 || len(c.Events) != i.N || i.V < 1 || i.V > Latest-Version(i.N) {
		return i.Invalid("has %d events and says %d", len(c.Events), i.N)
	}
	if c.At, err = time.Parse(timeForm, i.At); err != nil {
		return i.Invalid("commit time: %v", err)
	}
	fingerprint, key, ok := strings.Cut(i.C, " ")
	if !ok || key == "" {
		return i.Invalid("command id %q is not a fingerprint, a space and a key", i.C)
	}
	c.Command = CommandID{Key: key, Fingerprint: fingerprint}
	if i.SV > 0 {
		c.Snapshot = &Snapshot{Schema: i.SV, Data: json.RawMessage(i.S)}
	}
	return c, nil
}

// Invalid returns why the item makes no sense, as an [*InvalidError] that names
// its place, and a commit that has nothing but the item's Stream, as [Scanned]
// takes it.
func (i Item) Invalid(format string, args ...any) (Commit, error) {
	stream, err := ParseStreamID(i.P)
	if err != nil {
		stream = StreamID{}
	}
	return Commit{Stream: stream}, invalid("item %s at %d: %s", i.P, i.V, fmt.Sprintf(format, args...))
}

// Size returns what DynamoDB counts for the item, in bytes: names and values, a
// number as half its digits and one.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
func (i Item) Size() int {
	size := len("p") + len(i.P) + len("v") + number(int(i.V)) + len("n") + number(i.N) +
		len("e") + len(i.E) + len("c") + len(i.C) + len("at") + len(i.At)
	if i.SV > 0 {
		size += len("s") + len(i.S) + len("sv") + number(i.SV)
	}
	return size
}

// Units returns the write units that one put of the item costs.
func (i Item) Units() int { return (i.Size() + unit - 1) / unit }

func number(n int) int { return (len(strconv.Itoa(n))+1)/2 + 1 }

// encodeEvents writes what encoding/json would, without looking at each event's
// data again.
func encodeEvents(events []Event) string {
	size := 2
	for _, e := range events {
		size += len(e.Type) + len(e.Data) + len(e.Correlation) + len(e.Causation) + len(e.Actor) + 72
	}
	b := make([]byte, 0, size)
	sep := byte('[')
	for _, e := range events {
		b = append(b, sep)
		b = append(b, `{"type":`...)
		b = appendText(b, e.Type)
		b = append(b, `,"data":`...)
		b = append(b, e.Data...)
		for _, f := range [...]struct{ name, value string }{
			{`,"correlation":`, e.Correlation}, {`,"causation":`, e.Causation}, {`,"actor":`, e.Actor},
		} {
			if f.value != "" {
				b = append(b, f.name...)
				b = appendText(b, f.value)
			}
		}
		b = append(b, '}')
		sep = ','
	}
	return string(append(b, ']'))
}

func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			text, err := json.Marshal(s)
			if err != nil {
				panic(fmt.Sprintf("eventstore: a string has no JSON: %v", err)) // it always has
			}
			return append(b, text...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

func parseVersion(text string) (Version, error) {
	v, err := strconv.ParseUint(text, 10, 63)
	if err != nil || strconv.FormatUint(v, 10) != text {
		return 0, invalid("version %q is not a plain number", text)
	}
	return Version(v), nil
}
