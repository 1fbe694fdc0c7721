package e2e_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"sync"
	"testing"
)

func TestTwentyEqualRequestsAtOnceAndOneLaterAreOneOrder(t *testing.T) {
	s := open(t)
	p, key := want(s.receive(t, 10), 1), fresh("key")
	answers := make([]answer, 20)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() {
			var err error
			if answers[i], err = s.send(t.Context(), http.MethodPost, "/orders", key, p.body()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	first := answers[0]
	for _, a := range append(answers, s.post(t, "/orders", key, p.body(), http.StatusCreated)) {
		a.same(t, first)
	}
	var placed struct{ ID string }
	if err := json.Unmarshal([]byte(first.body), &placed); err != nil || first.status != http.StatusCreated {
		t.Fatalf("%+v: %v", first, err)
	}
	p.id = placed.ID

	submit := "/orders/" + p.id + "/submit"
	submitted := s.post(t, submit, key+"-submit", "", http.StatusAccepted)
	s.post(t, submit, key+"-submit", "", http.StatusAccepted).same(t, submitted)
	if a := s.audit(t, map[string]int{p.product: 10}, p)[p.id]; a.Status != "shipped" || a.Version != 4 {
		t.Errorf("the order is %+v", a)
	}
}

// same compares an answer with the first to the same request.
func (a answer) same(t *testing.T, first answer) {
	t.Helper()
	if a.status != first.status || a.body != first.body ||
		a.header.Get("ETag") != first.header.Get("ETag") || a.header.Get("Location") != first.header.Get("Location") {
		t.Errorf("got  %+v\nwant %+v", a, first)
	}
}

func TestAnEventThatIsDeliveredAgainDoesNothing(t *testing.T) {
	s := open(t)
	product := s.receive(t, 10)
	received := map[string]int{product: 10}
	p := want(product, 1)
	s.place(t, p)
	bus := s.listen(t, "OrderSubmitted", p.id)
	s.post(t, "/orders/"+p.id+"/submit", fresh("submit"), "", http.StatusAccepted)

	event := bus.next(t)
	bus.put(t, event) // while it runs
	order, ended := s.audit(t, received, p)[p.id], s.ended(t, p.id)
	bus.put(t, event) // and when it has ended
	for range 2 {
		bus.next(t)
	}
	bus.drained(t, s.resource(t, "SagaStartQueue"))

	if a, r := s.audit(t, received, p)[p.id], s.ended(t, p.id); a.Status != "shipped" || a != order || !reflect.DeepEqual(r, ended) {
		t.Errorf("before %+v, %+v\nafter  %+v, %+v", order, ended, a, r)
	}
	if n := s.executions(t, p.id); n != 1 {
		t.Errorf("%d executions of one order", n)
	}
}
