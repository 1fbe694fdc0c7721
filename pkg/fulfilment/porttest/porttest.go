// Package porttest is the contract of [fulfilment.Port]: a part of the outside
// world is fenced if it passes. The test of a new port is a harness:
//
//	func TestGateway(t *testing.T) {
//		porttest.Run(t, func(t testing.TB) porttest.Harness[fulfilment.Charge, domain.Money] { … })
//	}
//
// Each law works under keys of its own, so all harnesses may have one ledger.
package porttest

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/fulfilment"
)

// A Harness is a port to be tested, and a look behind it.
type Harness[In, Out any] struct {
	Port    fulfilment.Port[In, Out]
	Works   In // is done at once
	Refused In // is refused at once
	// Reopen returns the port over the same ledger after whatever held it was
	// closed. The port from before is used no more.
	Reopen func() fulfilment.Port[In, Out]
	// Ledger tells how often something was really done, and really taken back,
	// under a key.
	Ledger func(key string) (done, undone int)
}

// A Law is one sentence of the contract, and what tells that it holds.
type Law[In, Out any] struct {
	Name  string
	Check func(t testing.TB, h Harness[In, Out])
}

// Laws returns the whole contract.
func Laws[In, Out any]() []Law[In, Out] {
	return []Law[In, Out]{
		{"what is asked for is done", done[In, Out]},
		{"asked again, it gives the first result", again[In, Out]},
		{"20 who ask at once get one result, of what was done once", racingDo[In, Out]},
		{"what was done is taken back once, however often that is asked for", undone[In, Out]},
		{"20 who take back at once get one answer, of what was taken back once", racingUndo[In, Out]},
		{"a key is barred where nothing was done", barred[In, Out]},
		{"what was taken back is not done again", late[In, Out]},
		{"done and barred at once, it is done and taken back, or neither", racing[In, Out]},
		{"what is refused stays refused, and there is nothing to take back", refused[In, Out]},
		{"keys do not know each other, however alike", apart[In, Out]},
		{"all of it holds after reopening", reopened[In, Out]},
	}
}

// Run checks every law as a subtest, each on what newHarness returns.
func Run[In, Out any](t *testing.T, newHarness func(testing.TB) Harness[In, Out]) {
	t.Helper()
	for _, law := range Laws[In, Out]() {
		t.Run(law.Name, func(t *testing.T) { law.Check(t, newHarness(t)) })
	}
}

var serial atomic.Int64

// newKey returns a key under which nothing was ever asked for.
func newKey() string {
	return fulfilment.Key("law", fmt.Sprintf("%d-%d", time.Now().UnixNano(), serial.Add(1)), "Step")
}

func (h Harness[In, Out]) mustDo(t testing.TB, key string) Out {
	t.Helper()
	out, err := h.Port.Do(t.Context(), key, h.Works)
	if err != nil {
		t.Fatalf("do: %v", err)
	}
	return out
}

// refusal asks for what is refused.
func (h Harness[In, Out]) refusal(t testing.TB, key string) *domain.Refusal {
	t.Helper()
	_, err := h.Port.Do(t.Context(), key, h.Refused)
	r, ok := domain.Refused(err)
	if !ok || errors.Is(err, fulfilment.ErrBarred) {
		t.Fatalf("do: %v, want a refusal", err)
	}
	return r
}

// mustRefuse checks that a Do is refused as it was at first.
func (h Harness[In, Out]) mustRefuse(t testing.TB, key string, in In, first *domain.Refusal) {
	t.Helper()
	_, err := h.Port.Do(t.Context(), key, in)
	if r, ok := domain.Refused(err); !ok || *r != *first {
		t.Errorf("do: %v, want the refusal %s: %v", err, first.Code, first)
	}
}

// mustBeBarred checks that every Do is refused.
func (h Harness[In, Out]) mustBeBarred(t testing.TB, key string) {
	t.Helper()
	for _, in := range []In{h.Works, h.Refused} {
		if _, err := h.Port.Do(t.Context(), key, in); !errors.Is(err, fulfilment.ErrBarred) {
			t.Errorf("do: %v, want ErrBarred", err)
		}
	}
}

// mustUndo checks what an Undo answers; nil is nothing.
func (h Harness[In, Out]) mustUndo(t testing.TB, key string, want *Out) {
	t.Helper()
	got, err := h.Port.Undo(t.Context(), key)
	if err != nil {
		t.Fatalf("undo: %v", err)
	}
	same(t, "what undo answers", got, want)
}

func (h Harness[In, Out]) expect(t testing.TB, key string, done, undone int) {
	t.Helper()
	if d, u := h.Ledger(key); d != done || u != undone {
		t.Errorf("the ledger says done %d, undone %d; want %d, %d", d, u, done, undone)
	}
}

func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: %v, want %v", what, show(got), show(want))
	}
}

func show(v any) any {
	if p := reflect.ValueOf(v); p.Kind() == reflect.Pointer && !p.IsNil() {
		return p.Elem()
	}
	return v
}

const racers = 20

// race lets all racers act at once, released by one gate.
func race(act func(n int)) {
	var wg sync.WaitGroup
	gate := make(chan struct{})
	for n := range racers {
		wg.Go(func() { <-gate; act(n) })
	}
	close(gate)
	wg.Wait()
}
