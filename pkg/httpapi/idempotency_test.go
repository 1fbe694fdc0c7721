package httpapi_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/httpapi"
)

// same says whether two answers are one: status, body, ETag and Location.
func same(a, b reply) bool {
	return a.status == b.status && a.body == b.body && a.header.Get("ETag") == b.header.Get("ETag") && a.header.Get("Location") == b.header.Get("Location")
}

func TestARepeatOfAWriteGetsItsAnswerAgain(t *testing.T) {
	w := newWorld(t)
	first := w.do("POST", "/orders", anOrder, "Idempotency-Key: k")
	first.expect(t, "first", http.StatusCreated)
	path := first.header.Get("Location")
	if first.header.Get("ETag") != `"1"` || first.field("status") != "pending" || first.field("version") != "1" ||
		first.field("total", "amount") != "5998" || path != "/orders/"+first.field("id") {
		t.Errorf("first: %+v", first)
	}
	steps := []struct{ method, path, body string }{
		{"POST", "/items", anItem},
		{"PUT", "/items", `{"items": [` + anItem + `]}`},
		{"POST", "/items", `{"productId": "p", "quantity": 1, "unitPrice": {"amount": 1, "currency": "USD"}}`},
		{"DELETE", "/items/p", ``},
		{"POST", "/submit", ``},
		{"POST", "/cancel", `{"reason": "changed my mind"}`},
	}
	var answers []reply
	for i, s := range steps {
		answers = append(answers, w.do(s.method, path+s.path, s.body, fmt.Sprint("Idempotency-Key: ", i)))
		if want := fmt.Sprintf("%q", fmt.Sprint(i+2)); answers[i].header.Get("ETag") != want {
			t.Errorf("%s %s: %+v, want tag %s", s.method, s.path, answers[i], want)
		}
	}
	for i, s := range steps {
		again := w.do(s.method, path+s.path, s.body, fmt.Sprint("Idempotency-Key: ", i), `Correlation-Id: another`)
		if !same(again, answers[i]) {
			t.Errorf("%s %s: %+v, want %+v", s.method, s.path, again, answers[i])
		}
	}
	spaced := strings.ReplaceAll(anOrder, `": `, "\" :\t")
	if again := w.do("POST", "/orders", spaced, "Idempotency-Key: k"); !same(again, first) {
		t.Errorf("placed again: %+v, want %+v", again, first)
	}
}

func TestAKeyStandsForOneRequest(t *testing.T) {
	w := newWorld(t)
	path := w.place("Idempotency-Key: k")
	w.do("POST", "/orders", strings.Replace(anOrder, "cust-1", "cust-2", 1), "Idempotency-Key: k").
		expect(t, "another body", http.StatusUnprocessableEntity, "key.reused", "")
	w.do("POST", path+"/submit", "", "Idempotency-Key: k").
		expect(t, "the key that placed it", http.StatusUnprocessableEntity, "key.reused", "")
	w.do("POST", path+"/items", anItem, "Idempotency-Key: i").expect(t, "an item", http.StatusOK)
	w.do("PUT", path+"/items", `{"items": [`+anItem+`]}`, "Idempotency-Key: i").
		expect(t, "another method", http.StatusUnprocessableEntity, "key.reused", "")
	other := w.place()
	w.do("POST", other+"/items", anItem, "Idempotency-Key: i").expect(t, "the same key at another order", http.StatusOK)
	if other == path || w.place("Idempotency-Key: longer "+strings.Repeat("~", 248)) == path || w.place() == other {
		t.Error("two orders share an id")
	}
}

func TestWhatWasRefusedOrChangedNothingIsDecidedAnew(t *testing.T) {
	w := newWorld(t)
	path := w.place()
	w.do("DELETE", path+"/items/product-2", "", "Idempotency-Key: k").expect(t, "nothing to remove", http.StatusOK)
	w.do("DELETE", path+"/items/product-1", "", "Idempotency-Key: l").expect(t, "the last one", http.StatusUnprocessableEntity)
	w.do("POST", path+"/items", anItem).expect(t, "one more", http.StatusOK)
	w.do("DELETE", path+"/items/product-1", "", "Idempotency-Key: l").expect(t, "no longer the last one", http.StatusOK)
}

func TestTwentyEqualRequestsAtOnceGetTwentyEqualAnswers(t *testing.T) {
	w := newWorld(t)
	path := w.place()
	for _, s := range []struct{ method, path, body string }{
		{"POST", "/orders", anOrder},
		{"POST", path + "/items", anItem},
		{"POST", path + "/cancel", `{"reason": "no"}`},
		{"POST", "/stock/p/receive", `{"quantity": 3}`},
	} {
		answers := make([]reply, 20)
		gate := make(chan struct{})
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() {
				<-gate
				rec := httptest.NewRecorder()
				w.api.ServeHTTP(rec, request(s.method, s.path, s.body, "Idempotency-Key: twenty "+s.path))
				answers[i] = reply{rec.Code, rec.Header(), rec.Body.String()}
			})
		}
		close(gate)
		wg.Wait()
		for _, got := range answers {
			if !same(got, answers[0]) || got.status >= 300 {
				t.Errorf("%s %s: %+v, want %+v", s.method, s.path, got, answers[0])
			}
		}
	}
}

// forgetful loses the reply of each commit's first append.
type forgetful struct {
	eventstore.Store
	seen map[string]bool // keys
}

func (s forgetful) Append(ctx context.Context, id eventstore.StreamID, at eventstore.Position, c eventstore.Commit) (eventstore.Commit, error) {
	stored, err := s.Store.Append(ctx, id, at, c)
	if err == nil && !s.seen[c.Command.Key] {
		s.seen[c.Command.Key] = true
		return eventstore.Commit{}, fmt.Errorf("append to %s: %w", id, eventstore.ErrUnavailable)
	}
	return stored, err
}

func TestAWriteWhoseReplyWasLostHappensOnce(t *testing.T) {
	plain := newWorld(t)
	w := newWorld(t, over(forgetful{plain.store, map[string]bool{}}))
	w.do("POST", "/orders", anOrder, "Idempotency-Key: k").expect(t, "lost", http.StatusServiceUnavailable, "store.unavailable")
	placed := w.do("POST", "/orders", anOrder, "Idempotency-Key: k")
	placed.expect(t, "again", http.StatusCreated)
	path := placed.header.Get("Location")
	w.do("POST", path+"/items", anItem, "Idempotency-Key: i").expect(t, "an item, lost", http.StatusServiceUnavailable, "store.unavailable")
	w.do("POST", path+"/items", anItem, "Idempotency-Key: i").expect(t, "the item again", http.StatusOK)
	if got := w.do("GET", path+"/events", ""); strings.Count(got.body, `"type"`) != 2 {
		t.Errorf("events: %s", got.body)
	}
}

func TestWhoAsksIsInTheTrailAndInTheFingerprint(t *testing.T) {
	who := ""
	w := newWorld(t, func(c *httpapi.Config) { c.Actor = func(*http.Request) string { return who } })
	path := w.place("Idempotency-Key: k")
	who = "ada"
	w.do("POST", path+"/items", anItem).expect(t, "add", http.StatusOK)
	if got := w.do("GET", path+"/events", ""); !strings.Contains(got.body, `"actor":"client"`) || !strings.Contains(got.body, `"actor":"ada"`) {
		t.Errorf("got %s", got.body)
	}
	w.do("POST", "/orders", anOrder, "Idempotency-Key: k").expect(t, "another's key", http.StatusUnprocessableEntity, "key.reused", "")
}
