package e2e_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/daybook-es/daybook/internal/eventually"
)

// A chapter is a page of the journal.
type chapter struct {
	Items []struct {
		Stream, Cursor string
		Version        int
		At             time.Time
	}
	Next *string
}

// follow reads the journal to its end, from a cursor if there is one, and returns
// the versions at which the commits of a stream end.
func (s *stack) follow(t *testing.T, query, stream string) (versions []int) {
	t.Helper()
	for cursor := ""; ; {
		var page chapter
		if status := s.get(t, "/journal?limit=100"+query+cursor, &page); status != http.StatusOK {
			t.Fatalf("journal: %d", status)
		}
		for _, c := range page.Items {
			if c.Stream == stream {
				versions = append(versions, c.Version)
			}
		}
		if page.Next == nil {
			return versions
		}
		cursor = "&cursor=" + url.QueryEscape(*page.Next)
	}
}

func TestTheJournalHasEachCommitOfAnOrderOnceAndInOrder(t *testing.T) {
	s := open(t)
	p := want(s.receive(t, 10), 1)
	s.place(t, p)
	since := "&from=" + url.QueryEscape(s.placedAt(t, p.id).Add(-time.Minute).Format(time.RFC3339))
	s.post(t, "/orders/"+p.id+"/submit", fresh("submit"), "", http.StatusAccepted)
	if r := s.ended(t, p.id); r.Status != "succeeded" {
		t.Fatalf("the run %s", r.Status)
	}
	var got []int
	eventually.Until(t, "the journal has the last commit of the order", func() bool {
		got = s.follow(t, since, "order/"+p.id)
		return slices.Contains(got, 4)
	})
	if !slices.Equal(got, []int{1, 2, 3, 4}) {
		t.Errorf("commits of the order end at %v", got)
	}
	if status := s.get(t, "/journal?cursor=x", nil); status != http.StatusBadRequest {
		t.Errorf("a made up cursor: %d", status)
	}
}
