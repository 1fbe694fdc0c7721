package publish_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/daybook-es/daybook/pkg/publish"
)

var errDown = errors.New("the bus is down")

func TestOnlyWhatWasNotTakenIsSentAgain(t *testing.T) {
	const (
		most = "1@2 2@2 3@2 4@2 5@2 6@2 7@2 8@2 9@2 10@2"
		next = "11@2 12@2 13@2 14@2 15@2 16@2 17@2 18@2 19@2 20@2"
	)
	for name, c := range map[string]struct {
		orders  int
		answers []answer
		calls   []string
		err     string
		took    time.Duration
	}{
		"nothing is not sent":              {orders: 0, calls: []string{""}},
		"ten are one call":                 {orders: 10, calls: []string{most}},
		"one more is another":              {orders: 11, calls: []string{most, "11@2"}},
		"21 are three":                     {orders: 21, calls: []string{most, next, "21@2"}},
		"what was not taken is sent again": {3, []answer{{failed: []int{1}}}, []string{"1@2 2@2 3@2", "2@2"}, "", 50 * time.Millisecond},
		"and of that what was not taken": {
			4,
			[]answer{{failed: []int{0, 2, 3}}, {failed: []int{1, 2}}, {failed: []int{1}}},
			[]string{"1@2 2@2 3@2 4@2", "1@2 3@2 4@2", "3@2 4@2", "4@2"},
			"", 350 * time.Millisecond,
		},
		"before what comes next": {
			11, []answer{{failed: []int{9}}}, []string{most, "10@2", "11@2"}, "", 50 * time.Millisecond,
		},
		"where nothing is known all are sent again": {
			3, []answer{{err: errDown}, {failed: []int{2}}}, []string{"1@2 2@2 3@2", "1@2 2@2 3@2", "3@2"}, "", 150 * time.Millisecond,
		},
		"all that were left, that is": {
			3, []answer{{failed: []int{1, 2}}, {err: errDown}}, []string{"1@2 2@2 3@2", "2@2 3@2", "2@2 3@2"}, "", 150 * time.Millisecond,
		},
		"an error says nothing of those that it names": {
			3, []answer{{failed: []int{0}, err: errDown}}, []string{"1@2 2@2 3@2", "1@2 2@2 3@2"}, "", 50 * time.Millisecond,
		},
		"what is never taken is an error, and all before it are published": {
			21,
			[]answer{{}, {failed: []int{4, 6}}, {failed: []int{0, 1}}, {failed: []int{0}}, {failed: []int{0}}},
			[]string{most, next, "15@2 17@2", "15@2 17@2", "15@2"},
			"publish shop/order/15 at version 2: the bus did not take it", 350 * time.Millisecond,
		},
		"the first of them is named": {
			3,
			[]answer{{failed: []int{0, 1, 2}}, {failed: []int{0, 1, 2}}, {failed: []int{0, 1, 2}}, {failed: []int{1, 2}}},
			[]string{"1@2 2@2 3@2", "1@2 2@2 3@2", "1@2 2@2 3@2", "1@2 2@2 3@2"},
			"publish shop/order/2 at version 2: the bus did not take it", 350 * time.Millisecond,
		},
		"a bus that stays down is an error at the first that may be missing": {
			2,
			[]answer{{err: errDown}, {failed: []int{1}}, {err: errDown}, {err: errDown}},
			[]string{"1@2 2@2", "1@2 2@2", "2@2", "2@2"},
			"publish shop/order/2 at version 2: the bus is down", 350 * time.Millisecond,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &bus{answers: c.answers}
				p, log := publisher(b)
				start, said := time.Now(), ""
				if err := p.Publish(t.Context(), submitted(t, c.orders)...); err != nil {
					said = err.Error()
				}
				if got, want := b.said(), strings.Join(c.calls, " | "); got != want || said != c.err || log.Len() > 0 {
					t.Errorf("got  %s, %s\nwant %s, %s\nlog: %s", got, said, want, c.err, log)
				}
				if took := time.Since(start); took != c.took {
					t.Errorf("it paused for %v, want %v", took, c.took)
				}
			})
		})
	}
}

func TestNoMoreBytesAreSentAtOnceThanABusTakes(t *testing.T) {
	b := new(bus)
	p := saying(b, new(bytes.Buffer), func(id string) any {
		size := map[string]int{"1": 400_000, "2": 400_000, "3": 400_000, "4": publish.MostBytes - 500, "6": 400_000}[id]
		return strings.Repeat("x", size)
	})
	if err := p.Publish(t.Context(), submitted(t, 6)...); err != nil {
		t.Fatal(err)
	}
	if got, want := b.said(), "1@2 2@2 | 3@2 | 4@2 5@2 | 6@2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAnEventThatIsNotTakenIsNamedByItsPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		never := answer{failed: []int{1}}
		p, _ := publisher(&bus{answers: []answer{{}, never, {failed: []int{0}}, {failed: []int{0}}, {failed: []int{0}}}})
		commits := submitted(t, 15)
		commits[11].First = 1<<53 + 1
		taken, ok := errors.AsType[*publish.NotTakenError](p.Publish(t.Context(), commits...))
		if !ok || taken.Stream != commits[11].Stream || taken.Version != 1<<53+1 {
			t.Errorf("got %+v", taken)
		}
	})
}

func TestTheBusesErrorIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := publisher(&bus{answers: []answer{{err: errDown}, {err: errDown}, {err: errDown}, {err: errDown}}})
		if err := p.Publish(t.Context(), submitted(t, 1)...); !errors.Is(err, errDown) {
			t.Errorf("got %v", err)
		}
	})
}

func TestTheContextEndsTheRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		b := &bus{answers: []answer{{err: errDown}, {failed: []int{3}}}}
		p, _ := publisher(b)
		start := time.Now()
		err := p.Publish(ctx, submitted(t, publish.Most+1)...)
		first, ok := errors.AsType[*publish.NotTakenError](err)
		if !ok || first.Stream.ID != "4" || first.Version != 2 {
			t.Errorf("got %v, which does not name the first", err)
		}
		if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || len(b.calls) != 2 || took != 100*time.Millisecond {
			t.Errorf("got %v after %v and %s", err, took, b.said())
		}
	})
}
