package httpapi_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/daybook-es/daybook/pkg/saga"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// ended says that a step took one attempt and a second.
func ended(step string, status saga.StepStatus, run saga.Status) saga.Record {
	r := saga.Record{Run: run, Outcome: saga.Outcome{Step: step, Status: status, Attempts: 1, StartedAt: noon, EndedAt: noon.Add(time.Second)}}
	if status != saga.StepSucceeded {
		r.Error = &saga.Failure{Step: step, Code: "payment.declined", Detail: "the payment was declined"}
	}
	return r
}

// aRun submits an order and ends steps of it. It returns the line that is listed.
func (w *world) aRun(status saga.Status, steps ...saga.Record) (line string) {
	w.t.Helper()
	path := w.submit()
	for _, s := range steps {
		mustGive[saga.Memo, saga.Event](w, memos, path, s)
	}
	f := w.do("GET", path+"/fulfilment", "")
	if f.field("status") != string(status) {
		w.t.Fatalf("%s: %s", status, f.body)
	}
	time.Sleep(time.Millisecond) // newest first is about times
	_, list, _ := strings.Cut(f.body, `"steps":`)
	return fmt.Sprintf(`{"id":%q,"status":%q,"submittedAt":%q,"version":%d,"steps":%s`,
		strings.TrimPrefix(path, "/orders/"), status, w.do("GET", path, "").field("submittedAt"), len(steps), list)
}

func TestFulfilmentsAreListedNewestFirstByStatusOrAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.place()
		lines := map[saga.Status]string{}
		var all []string
		for _, r := range []struct {
			status saga.Status
			steps  []saga.Record
		}{
			{saga.Running, nil},
			{saga.Succeeded, []saga.Record{ended("HandOver", saga.StepSucceeded, saga.Running), ended("NotifyCustomer", saga.StepSucceeded, saga.Succeeded)}},
			{saga.Compensating, []saga.Record{ended("ReserveStock", saga.StepSucceeded, saga.Running), ended("TakePayment", saga.StepRefused, saga.Compensating)}},
			{saga.Stuck, []saga.Record{ended("HandOver", saga.StepFailed, saga.Stuck)}},
		} {
			lines[r.status] = w.aRun(r.status, r.steps...)
			all = append([]string{lines[r.status]}, all...)
		}
		pageOf := func(lines ...string) string { return `{"items":[` + strings.Join(lines, ",") + `],"next":null}` }
		if got := w.do("GET", "/fulfilments", ""); got.status != http.StatusOK || got.body != pageOf(all...) {
			t.Errorf("all: got %d %s\nwant %s", got.status, got.body, pageOf(all...))
		}
		for status, line := range lines {
			if got := w.do("GET", "/fulfilments?status="+string(status), ""); got.body != pageOf(line) {
				t.Errorf("%s: got %d %s\nwant %s", status, got.status, got.body, pageOf(line))
			}
		}
		if got := w.do("GET", "/fulfilments?status=compensated", ""); got.body != pageOf() {
			t.Errorf("compensated: got %d %s", got.status, got.body)
		}
	})
}

func TestFulfilmentsArePagedByCursorsOfTheirOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		for range 3 {
			w.aRun(saga.Running)
		}
		whole := w.do("GET", "/fulfilments?status=running", "").body
		first := w.do("GET", "/fulfilments?status=running&limit=2", "")
		cursor := first.field("next")
		rest := w.do("GET", "/fulfilments?status=running&limit=2&cursor="+cursor, "")
		items := func(page string) string {
			list, _, _ := strings.Cut(strings.TrimPrefix(page, `{"items":[`), `],"next"`)
			return list
		}
		if got := items(first.body) + "," + items(rest.body); got != items(whole) || rest.field("next") != "null" {
			t.Errorf("page by page\n%s\nat once\n%s", got, whole)
		}
		for _, bad := range spoilt(cursor) {
			w.do("GET", "/fulfilments?status=running&cursor="+url.QueryEscape(bad), "").expect(t, bad, http.StatusBadRequest, "query.invalid", "")
		}
		for _, other := range []string{"/fulfilments?limit=2", "/fulfilments?status=stuck", "/orders?limit=2", "/stock?limit=2"} {
			w.do("GET", other+"&cursor="+cursor, "").expect(t, other, http.StatusBadRequest, "query.invalid", "")
		}
	})
}
