package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/daybook-es/daybook/internal/eventually"
)

// A line is a run as it is listed.
type line struct {
	ID          string
	SubmittedAt time.Time
	Version     int
	run
}

// runs returns the newest runs of the query, by order.
func (s *stack) runs(t *testing.T, query string) map[string]line {
	t.Helper()
	var got answer
	var err error
	eventually.Until(t, "fulfilments with "+query+" are listed", func() bool { // which can take longer than the API waits
		got, err = s.send(t.Context(), http.MethodGet, "/fulfilments?limit=100"+query, "", "")
		return err != nil || got.status != http.StatusServiceUnavailable
	})
	var page struct{ Items []line }
	if err != nil || got.status != http.StatusOK || json.Unmarshal([]byte(got.body), &page) != nil {
		t.Fatalf("fulfilments with %s: %d %s, %v", query, got.status, got.body, err)
	}
	all := make(map[string]line)
	for i, l := range page.Items {
		if i > 0 && l.SubmittedAt.After(page.Items[i-1].SubmittedAt) {
			t.Errorf("%s was submitted after %s, and comes after it", l.ID, page.Items[i-1].ID)
		}
		all[l.ID] = l
	}
	return all
}

func TestRunsAreListedByHowTheyStand(t *testing.T) {
	s := open(t)
	for method, status := range map[string]string{"tok_ok": "succeeded", "tok_declined": "compensated"} {
		p := want(s.receive(t, 10), 1)
		p.method = method
		s.buy(t, p)
		if l, ok := s.runs(t, "&after=order/"+p.id+"@2")[p.id]; !ok || l.SubmittedAt.IsZero() {
			t.Errorf("%s is not listed once it is submitted: %+v", p.id, l)
		}
		ended := s.ended(t, p.id)
		var l line
		eventually.Until(t, p.id+" is listed as "+status, func() (ok bool) {
			l, ok = s.runs(t, "&status="+status)[p.id]
			return ok
		})
		if l.Status != status || l.way() != ended.way() || l.Version < len(ended.Steps) {
			t.Errorf("%s %s: listed %+v, ended as %+v", method, p.id, l, ended)
		}
		for other := range strings.FieldsSeq("running compensating succeeded compensated stuck") {
			if _, ok := s.runs(t, fmt.Sprintf("&status=%s&after=fulfilment/%s@%d", other, p.id, l.Version))[p.id]; ok != (other == status) {
				t.Errorf("%s %s, in the list of %s: %v", method, p.id, other, ok)
			}
		}
	}
}
