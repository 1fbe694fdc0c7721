package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/payment"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/httpapi"
	"github.com/daybook-es/daybook/pkg/saga"
)

// submit places an order, submits it, and gives it what fulfilment would.
func (w *world) submit(commands ...order.Command) (path string) {
	w.t.Helper()
	path = w.place()
	w.do("POST", path+"/submit", "").expect(w.t, "submit", http.StatusAccepted)
	mustGive(w, order.Aggregate, path, commands...)
	return path
}

// mustGive gives commands that no client can to what belongs to an order.
func mustGive[S any, E domain.Event[S]](w *world, a domain.Aggregate[S, E], path string, commands ...domain.Command[S, E]) {
	w.t.Helper()
	loop := command.New(w.config.Events, w.config.Tenant, a)
	for _, c := range commands {
		if _, err := loop.Do(w.t.Context(), strings.TrimPrefix(path, "/orders/"), command.Request{}, c); err != nil {
			w.t.Fatalf("%T: %v", c, err)
		}
	}
}

var memos = domain.Aggregate[saga.Memo, saga.Event]{Category: fulfilment.Category, Events: saga.Events, Schema: 1}

var (
	confirm = order.Confirm{Payment: domain.Money{Amount: 5998, Currency: "USD"}}
	ship    = order.Ship{TrackingNumber: "T-1"}
	begin   = order.BeginCancel{Reason: "declined"}
	end     = order.EndCancel{}
)

func TestTheFulfilmentOfAnOrderThatWasNotSubmittedIsMissing(t *testing.T) {
	w := newWorld(t)
	pending, cancelled := w.place(), w.place()
	w.do("POST", cancelled+"/cancel", `{"reason": "no"}`).expect(t, "cancel", http.StatusOK)
	for _, path := range []string{"/orders/none", pending, cancelled} {
		w.do("GET", path+"/fulfilment", "").expect(t, path, http.StatusNotFound, "fulfilment.not_submitted", "")
	}
}

func TestTheFulfilmentOfASubmittedOrderIsUnderWayAtOnce(t *testing.T) {
	w := newWorld(t)
	path := w.submit()
	first := w.do("GET", path+"/fulfilment", "")
	if first.status != http.StatusOK || first.body != `{"status":"running","steps":[]}` || !strings.HasPrefix(first.header.Get("ETag"), `"0.`) {
		t.Errorf("got %+v", first)
	}
	w.do("POST", path+"/cancel", `{"reason": "no"}`).expect(t, "cancel", http.StatusAccepted)
	if again := w.do("GET", path+"/fulfilment", ""); !same(again, first) {
		t.Errorf("got %+v, want %+v", again, first)
	}
}

func TestTheFulfilmentIsUnderWayBeforeTheViewKnowsTheOrder(t *testing.T) {
	ahead, behind := newWorld(t), newWorld(t, func(c *httpapi.Config) { c.Views, c.Settled = boltstore.NewViews(), nil })
	want := ahead.do("GET", ahead.submit()+"/fulfilment", "")
	if got := behind.do("GET", behind.submit()+"/fulfilment", ""); got.status != want.status || got.body != want.body || got.header.Get("ETag") != want.header.Get("ETag") {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	for _, path := range []string{"/orders/none", behind.place()} {
		behind.do("GET", path+"/fulfilment", "").expect(t, path, http.StatusNotFound, "fulfilment.not_submitted", "")
	}
}

func TestTheFulfilmentShowsTheStepsThatEnded(t *testing.T) {
	w := newWorld(t)
	path := w.submit()
	at := time.Date(2026, 11, 24, 8, 30, 0, 0, time.UTC)
	mustGive[saga.Memo, saga.Event](w, memos, path, saga.Record{Run: saga.Running, Outcome: saga.Outcome{
		Step: "ReserveStock", Status: saga.StepSucceeded, Attempts: 2, StartedAt: at, EndedAt: at.Add(1500 * time.Millisecond),
	}})
	mustGive[saga.Memo, saga.Event](w, memos, path, saga.Record{Run: saga.Compensating, Outcome: saga.Outcome{
		Step: "TakePayment", Status: saga.StepRefused, Attempts: 1, StartedAt: at, EndedAt: at,
		Error: &saga.Failure{Step: "TakePayment", Code: "payment.declined", Detail: "the payment was declined"},
	}})
	got := w.do("GET", path+"/fulfilment", "")
	want := `{"status":"compensating","steps":[` +
		`{"name":"ReserveStock","status":"succeeded","attempts":2,"startedAt":"2026-11-24T08:30:00Z","endedAt":"2026-11-24T08:30:01.5Z","error":null},` +
		`{"name":"TakePayment","status":"refused","attempts":1,"startedAt":"2026-11-24T08:30:00Z","endedAt":"2026-11-24T08:30:00Z","error":{"code":"payment.declined","detail":"the payment was declined"}}]}`
	if got.status != http.StatusOK || got.body != want || !strings.HasPrefix(got.header.Get("ETag"), `"2.`) {
		t.Errorf("got  %+v\nwant %s", got, want)
	}
}

func TestACancelAnswersWhatBecomesOfTheOrder(t *testing.T) {
	for name, c := range map[string]struct {
		path   func(*world) string
		status int
		code   string // of a refusal
		says   order.Status
		tag    string
		wrote  bool
	}{
		"a pending order is cancelled at once":           {func(w *world) string { return w.place() }, 200, "", "cancelled", `"2"`, true},
		"a submitted one is being cancelled":             {func(w *world) string { return w.submit() }, 202, "", "cancelling", `"3"`, true},
		"so is a confirmed one":                          {func(w *world) string { return w.submit(confirm) }, 202, "", "cancelling", `"4"`, true},
		"of one that already is nothing is written":      {func(w *world) string { return w.submit(begin) }, 202, "", "cancelling", `"3"`, false},
		"a shipped one is refused":                       {func(w *world) string { return w.submit(confirm, ship) }, 422, "order.shipped", "", "", false},
		"so is a delivered one":                          {func(w *world) string { return w.submit(confirm, ship, order.Deliver{}) }, 422, "order.shipped", "", "", false},
		"of one that was cancelled nothing is written":   {func(w *world) string { return w.submit(begin, end) }, 200, "", "cancelled", `"4"`, false},
		"an order that nobody placed cannot be given up": {func(*world) string { return "/orders/none" }, 404, "order.not_placed", "", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			path := c.path(w)
			before := w.commits()
			got := w.do("POST", path+"/cancel", `{"reason": "changed my mind"}`)
			if c.code != "" {
				got.expect(t, "cancel", c.status, c.code, "")
			} else {
				id := strings.TrimPrefix(path, "/orders/")
				want := fmt.Sprintf(`{"id":%q,"status":%q,"total":{"amount":5998,"currency":"USD"},"version":%s}`, id, c.says, strings.Trim(c.tag, `"`))
				if got.status != c.status || got.body != want || got.header.Get("ETag") != c.tag {
					t.Errorf("got  %+v\nwant %d %s", got, c.status, want)
				}
			}
			if wrote := w.commits() - before; wrote > 1 || (wrote == 1) != c.wrote {
				t.Errorf("it wrote %d commits", wrote)
			}
		})
	}
}

// commits counts what is stored.
func (w *world) commits() (n int) {
	w.t.Helper()
	for _, err := range w.store.Scan(w.t.Context(), 0, 1) {
		if err != nil {
			w.t.Fatal(err)
		}
		n++
	}
	return n
}

func TestARepeatOfACancelGetsItsAnswerThoughTheOrderWentOn(t *testing.T) {
	w := newWorld(t)
	path := w.submit()
	cancel := func(reason, key string) reply {
		return w.do("POST", path+"/cancel", `{"reason": "`+reason+`"}`, "Idempotency-Key: "+key)
	}
	first := cancel("no", "k")
	first.expect(t, "first", http.StatusAccepted)
	idle := cancel("no", "l")
	idle.expect(t, "under another key", http.StatusAccepted)
	if again := cancel("no", "k"); !same(again, first) || !same(idle, first) {
		t.Errorf("got %+v and %+v, want %+v", again, idle, first)
	}
	cancel("another", "k").expect(t, "another request", http.StatusUnprocessableEntity, "key.reused", "")
	mustGive(w, order.Aggregate, path, order.Command(end))
	if again := cancel("no", "k"); !same(again, first) {
		t.Errorf("after it ended: got %+v, want %+v", again, first)
	}
	anew := cancel("no", "l") // it had written nothing, so it is decided anew
	if anew.status != http.StatusOK || anew.field("status") != "cancelled" || anew.header.Get("ETag") != `"4"` {
		t.Errorf("decided anew: got %+v", anew)
	}
}

func TestARepeatOfASubmitGetsItsAnswerThoughTheOrderWasShipped(t *testing.T) {
	w := newWorld(t)
	path := w.place()
	first := w.do("POST", path+"/submit", "", "Idempotency-Key: k")
	first.expect(t, "first", http.StatusAccepted)
	mustGive(w, order.Aggregate, path, order.Command(confirm), ship)
	if again := w.do("POST", path+"/submit", "", "Idempotency-Key: k"); !same(again, first) || again.field("status") != "submitted" {
		t.Errorf("got %+v, want %+v", again, first)
	}
}

func TestAnOrderShowsItsPayment(t *testing.T) {
	w := newWorld(t)
	path := w.submit()
	before := w.do("GET", path, "")
	mustGive(w, payment.Aggregate, path, payment.Command(payment.Take{Amount: confirm.Payment, Method: "tok_ok"}), payment.Capture{Amount: confirm.Payment})
	got := w.do("GET", path, "")
	want := `{"captured":{"amount":5998,"currency":"USD"},"refunded":{"amount":0,"currency":"USD"},"status":"captured"}`
	if got.field("payment") != want || got.field("version") != "2" || got.header.Get("ETag") == before.header.Get("ETag") {
		t.Errorf("got %+v\nwas %+v", got, before)
	}
}
