package httpapi

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/daybook-es/daybook/pkg/readmodel/journal"
)

// happened is one line of the journal: a commit, and where to go on after it.
type happened struct {
	journal.Record
	Cursor string `json:"cursor"`
}

// journalPage has, beside what every page has, the time to which the journal is
// complete; so no two are the same, and none is kept.
type journalPage struct {
	page[happened]
	CompleteTo *time.Time `json:"completeTo"`
}

const (
	// farthest is how many commits a request passes by at most for the sake of a
	// filter, before it answers with what it has found by then.
	farthest = 10_000
	// fullest is how much of the events a page has, in bytes, before it ends. An
	// answer of Lambda has 6 MB at most.
	fullest = 1 << 20
)

// readJournal answers with a page of everything that happened. Its cursors are
// places in the one journal, whatever the filters leave out of it, so that who
// follows it live can go on from here, and the other way round.
func (a *api) readJournal(c *call) (answer, error) {
	limit, err := c.query.limit()
	if err != nil {
		return answer{}, err
	}
	from, err := c.query.time("from")
	if err != nil {
		return answer{}, err
	}
	to, err := c.query.time("to")
	if err != nil {
		return answer{}, err
	}
	if !to.IsZero() && !from.Before(to) {
		return answer{}, badQuery("to: a time after from")
	}
	var at journal.Cursor
	if text, given := c.query["cursor"]; given {
		var ok bool
		if at, ok = journal.Parse(a.Tenant, text); !ok {
			return answer{}, foreignCursor()
		}
	}
	got := journalPage{page: page[happened]{Items: []happened{}}}
	// Asked first: what comes while the page is read was not promised.
	if until, err := a.Journal.Complete(c.r.Context(), a.Tenant); err != nil {
		return answer{}, err
	} else if !until.IsZero() {
		got.CompleteTo = &until
	}
	for passed, size := 0, 0; passed < farthest && size < fullest; {
		// More each time, for what a filter leaves out is mostly a long way.
		ask := journal.Page{Tenant: a.Tenant, After: at, Since: from, Limit: max(limit+1-len(got.Items), passed)}
		entries, next, err := a.Journal.Read(c.r.Context(), ask)
		if errors.Is(err, journal.ErrNoPlace) {
			return answer{}, foreignCursor()
		}
		if err != nil {
			return answer{}, err
		}
		if next.Equal(at) {
			return say(http.StatusOK, "", got)
		}
		for _, e := range entries {
			if !to.IsZero() && !e.Commit.At.Before(to) {
				continue
			}
			if len(got.Items) == limit { // it is there, so there is more
				got.Next = new(got.Items[limit-1].Cursor)
				return say(http.StatusOK, "", got)
			}
			got.Items = append(got.Items, happened{journal.RecordOf(e.Commit), e.Cursor.Text(a.Tenant)})
			for _, event := range e.Commit.Events {
				size += len(event.Data)
			}
		}
		at, passed = next, passed+len(entries)
		if len(entries) == 0 { // the store has passed by what it left out
			passed += farthest / 10
		}
	}
	got.Next = new(at.Text(a.Tenant))
	return say(http.StatusOK, "", got)
}

// time returns a time that is asked for, the zero time if none is.
func (q query) time(name string) (at time.Time, err error) {
	text, given := q[name]
	if !given {
		return at, nil
	}
	// UnmarshalText takes RFC 3339 to the letter, but for a comma in it.
	if !strings.HasSuffix(text, "Z") || strings.Contains(text, ",") || at.UnmarshalText([]byte(text)) != nil || at.IsZero() {
		return at, badQuery("%s: a time of RFC 3339 in UTC, such as 2026-11-25T12:00:00Z", name)
	}
	return at, nil
}
