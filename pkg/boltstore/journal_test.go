package boltstore_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel/journal"
	"github.com/daybook-es/daybook/pkg/readmodel/journal/journaltest"
)

func openAt(t *testing.T, path string) *boltstore.Store {
	t.Helper()
	s, err := boltstore.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheFeedIsAJournal(t *testing.T) {
	journaltest.Run(t, func(t testing.TB) journaltest.Harness {
		t.Helper()
		s := open(t, boltstore.Memory)
		return journaltest.Harness{Events: s, Journal: boltstore.NewJournal(s)}
	})
}

func TestAJournalsCursorOutlivesTheProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	id := eventstore.StreamID{Tenant: "t", Category: "lamp", ID: "1"}
	var after journal.Cursor
	for n := range 3 {
		s := openAt(t, path)
		end := eventstore.NoStream(id)
		for c, err := range s.Read(t.Context(), id, end) {
			if err != nil {
				t.Fatal(err)
			}
			end = c.End()
		}
		appended, err := s.Append(t.Context(), id, end, eventstore.Commit{
			Events: []eventstore.Event{{Type: "lamp.on.v1", Data: []byte(`{}`)}}, Command: eventstore.CommandID{Key: string(rune('a' + n))},
			At: time.Date(2026, 3, 1, 12, 0, n, 0, time.UTC),
		})
		if err != nil {
			t.Fatal(err)
		}
		entries, next, err := boltstore.NewJournal(s).Read(t.Context(), journal.Page{Tenant: "t", After: after, Limit: 10})
		if err != nil || len(entries) != 1 || entries[0].Commit.First != appended.First {
			t.Errorf("start %d: %+v, %v", n, entries, err)
		}
		after = next
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
