package command_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

func TestAConflictIsDecidedAgainFiveTimesWithJitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &contended{Store: withTill(t)}
		begin := time.Now()
		_, err := newLoop(s).Do(t.Context(), "a", client("k"), cents(5))
		if !errors.Is(err, command.ErrContended) {
			t.Fatalf("got %v", err)
		}
		const want = "command_test.pay on a after 5 attempts: stream contended: append to a: stream t/till/a is not at version 5"
		if err.Error() != want {
			t.Errorf("got  %s\nwant %s", err, want)
		}
		if n := s.rivals.Load(); n != 5 {
			t.Errorf("%d attempts", n)
		}
		if waited := time.Since(begin); waited <= 0 || waited > 150*time.Millisecond {
			t.Errorf("waited %v", waited)
		}
	})
}

func TestARaceLostOnceIsWonTheNextTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := withTill(t)
		l := newLoop(stale{Store: mem, sees: 1})
		give(t, newLoop(mem), client("rival"), cents(1000))
		got := give(t, l, client("k"), cents(5))
		if want := (answer{State: till{Sum: 1005, Open: true}, Version: 3, Written: true}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

func TestAConflictWithOnesOwnCommitIsSuccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := withTill(t)
		rival := newLoop(mem)
		s := &forgetful{Store: mem}
		s.fault = func() error { // the reply is lost, somebody appends on top, the transport retries
			s.fault = func() error { return nil }
			give(t, rival, client("rival"), cents(1000))
			return &eventstore.ConflictError{Stream: streamOf("a"), Expected: 1}
		}
		got := give(t, newLoop(s), client("k"), cents(5))
		if want := (answer{State: till{Sum: 5, Open: true}, Version: 2, Written: true}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if n := len(commits(mem, "a")); n != 3 {
			t.Errorf("%d commits", n)
		}
	})
}

func TestWhoeverWaitsForATurnCanGiveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := withTill(t)
		gate := make(chan struct{})
		l := newLoop(&forgetful{Store: mem, fault: func() error { <-gate; return nil }})
		var wg sync.WaitGroup
		wg.Go(func() { give(t, l, client("slow"), cents(1)) })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := l.Do(ctx, "a", client("k"), cents(1)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		close(gate)
		wg.Wait()
		if n := len(commits(mem, "a")); n != 2 {
			t.Errorf("%d commits", n)
		}
	})
}
