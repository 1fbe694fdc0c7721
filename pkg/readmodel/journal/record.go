package journal

import (
	"encoding/json"
	"time"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// A Record is a commit as clients see it; its JSON is the wire's.
type Record struct {
	Stream  string             `json:"stream"`  // category, slash, id
	Version eventstore.Version `json:"version"` // of its last event
	At      time.Time          `json:"at"`
	Events  []Event            `json:"events"`
}

// An Event of a record.
type Event struct {
	Version       eventstore.Version `json:"version"`
	Type          string             `json:"type"`
	Actor         *string            `json:"actor"`
	CorrelationID *string            `json:"correlationId"`
	CausationID   *string            `json:"causationId"`
	Data          json.RawMessage    `json:"data"` // as it is stored
}

// RecordOf returns a commit as clients see it.
func RecordOf(c eventstore.Commit) Record {
	r := Record{Stream: c.Stream.Category + "/" + c.Stream.ID, Version: c.Last(), At: c.At, Events: make([]Event, 0, len(c.Events))}
	for e := range c.Recorded() {
		r.Events = append(r.Events, Event{
			Version: e.Version, Type: e.Type, Actor: orNull(e.Actor), CorrelationID: orNull(e.Correlation),
			CausationID: orNull(e.Causation), Data: e.Data,
		})
	}
	return r
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
