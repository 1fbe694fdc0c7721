package main

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// A T is one check under way. It may be used by several goroutines.
type T struct {
	*client
	ctx      context.Context
	mu       sync.Mutex
	failures []failure
}

// stop ends a check whose next step has nothing to stand on.
type stop struct{}

// prove runs one check.
func prove(ctx context.Context, c *client, what check) []failure {
	t := &T{client: c, ctx: ctx}
	t.guard(func() { what.run(t) })
	return t.failures
}

// guard calls f, to its end or to a stop in it. A panic in it is a failure like
// any other: of the suite.
func (t *T) guard(f func()) {
	defer func() {
		p := recover()
		if _, stopped := p.(stop); p != nil && !stopped {
			t.note(failure{expected: "a check that ends", got: fmt.Sprintf("panic: %v\n%s", p, debug.Stack())})
		}
	}()
	f()
}

func (t *T) note(f failure) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failures = append(t.failures, f)
}

// fail notes that an answer is not what was expected.
func (t *T) fail(a answer, expected string, args ...any) {
	if t.foreign(a) {
		return
	}
	t.note(failure{sent: a.request.String(), expected: fmt.Sprintf(expected, args...), got: a.String()})
}

// try sends a request; it is false, and noted, when nothing answers.
func (t *T) try(r request) (answer, bool) {
	a, err := t.do(t.ctx, r)
	if err != nil {
		t.note(failure{sent: r.String(), expected: "an answer", got: err.Error()})
	}
	return a, err == nil
}

// send sends a request; without an answer the check ends.
func (t *T) send(r request) answer {
	a, ok := t.try(r)
	if !ok {
		panic(stop{})
	}
	return a
}

// expect sends a request that is to be answered with one of the statuses.
func (t *T) expect(r request, statuses ...int) answer {
	a := t.send(r)
	if !a.is(statuses...) {
		t.fail(a, "%s", anyOf(statuses))
	}
	return a
}

// must is expect for what the rest of the check stands on.
func (t *T) must(r request, statuses ...int) answer {
	a := t.expect(r, statuses...)
	if !a.is(statuses...) {
		panic(stop{})
	}
	return a
}

// refuse sends a request that is to be answered with a problem; with a field, it
// is to be named.
func (t *T) refuse(r request, status int, field string) {
	a := t.send(r)
	switch {
	case !a.is(status) && field != "":
		t.fail(a, "%d, field %s", status, field)
	case !a.is(status):
		t.fail(a, "%d", status)
	case field != "" && a.text("/field") != field:
		t.fail(a, "the field %s named", field)
	}
}

// same compares whole values, as JSON.
func (t *T) same(a answer, got, want any) {
	if g, w := canonical(got), canonical(want); g != w && !t.foreign(a) {
		t.note(failure{sent: a.request.String(), expected: w, got: g})
	}
}

// until asks again, for as long as a view may lag, until the answer is ok; it
// returns the last.
func (t *T) until(r request, ok func(answer) bool) answer { return t.within(t.patience, r, ok) }

// within is until, for a time of its own.
func (t *T) within(limit time.Duration, r request, ok func(answer) bool) answer {
	deadline := time.Now().Add(limit)
	for pause := 50 * time.Millisecond; ; pause = min(pause*3/2, 500*time.Millisecond) {
		a := t.send(r)
		if ok(a) || time.Now().After(deadline) || t.ctx.Err() != nil {
			return a
		}
		time.Sleep(pause)
	}
}

// comes asks, for as long as a view may lag, until what see shows of the answer
// is what is wanted.
func (t *T) comes(r request, see func(answer) any, want any) {
	a := t.until(r, func(a answer) bool { return canonical(see(a)) == canonical(want) })
	t.same(a, see(a), want)
}

// each calls f for every number below n, all at once, and waits.
func each(n int, f func(int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { f(i) })
	}
	wg.Wait()
}
