package projection_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// said is a standing as text: what it does, how many commits it is behind, and how
// long ago the first of them was.
func said(s projection.Standing) string {
	text := string(s.Status)
	if s.Behind != nil {
		text += fmt.Sprint(" ", *s.Behind)
	}
	if s.Oldest != nil {
		text += fmt.Sprint(" ", time.Since(*s.Oldest))
	}
	return text
}

// standings checks what a projector says of itself.
func standings(t *testing.T, p interface {
	Standing(context.Context) projection.Standing
}, want string, parked ...projection.Parked,
) {
	t.Helper()
	synctest.Wait()
	s := p.Standing(t.Context())
	if got := said(s); got != want {
		t.Errorf("it is %q, want %q", got, want)
	}
	if len(s.Parked) != len(parked) {
		t.Fatalf("parked is %+v, want %+v", s.Parked, parked)
	}
	for i, p := range s.Parked {
		if p != parked[i] {
			t.Errorf("parked is %+v, want %+v", p, parked[i])
		}
	}
}

// now appends, and passes on what was committed at this moment.
func (r *run) now(s eventstore.StreamID, happened ...domain.Typed) {
	r.Helper()
	c := r.append(s, happened...)
	c.At = time.Now()
	r.feed.pass(c)
}

// breaks makes every put of a tally fail until it is mended.
func (r *run) breaks() (mended *atomic.Bool) {
	mended = new(atomic.Bool)
	r.rows.fail = func(op string, key readmodel.Key) error {
		if op == "put" && key.View == "tally" && !mended.Load() {
			return errors.New("disk full")
		}
		return nil
	}
	return mended
}

func TestAProjectorThatStandsStillSaysHowFarItIsBehindAndNothingOnceItHasCaughtUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRun(t)
		mended := r.breaks()
		shelf := &shelf{countedRows: r.rows}
		follower := projection.NewFollower(r.feed, slog.New(slog.DiscardHandler), r.view, shelf)
		standings(t, r, "starting")
		standings(t, follower, "starting")
		r.during(func(ctx context.Context) {
			go follower.Run(ctx)
			standings(t, r, "running 0")
			standings(t, follower, "running 0")
			for i := range 5 {
				r.now(left, added{i})
				time.Sleep(time.Minute)
			}
			standings(t, r, "waiting 5 5m0s")
			standings(t, follower, "waiting 5 5m0s")
			mended.Store(true)
			time.Sleep(time.Minute)
			standings(t, r, "running 0")
			standings(t, follower, "running 0")
		})
	})
}

func TestAStartThatMeetsAFaultIsSaidToWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRun(t)
		mended := r.breaks()
		r.commit(left, added{1})
		r.during(func(context.Context) {
			standings(t, r, "waiting")
			mended.Store(true)
			time.Sleep(time.Minute)
			standings(t, r, "running 0")
		})
	})
}

func TestAFaultThatPassedWithNothingLeftToDoIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRun(t)
		r.feed.ends = 1
		r.during(func(context.Context) {
			time.Sleep(time.Minute)
			standings(t, r, "running 0")
			r.commit(left, added{1})
			standings(t, r, "running 0")
		})
	})
}

func TestWhatIsSkippedIsSaidUntilItIsFolded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRun(t)
		skipped := projection.Parked{View: "tally", Stream: left, Version: 2, Reason: projection.Unfolded, At: time.Now().UTC()}
		r.commit(left, added{1})
		r.commit(left, vetoed{})
		r.commit(stream("left", "b"), added{1})
		r.during(func(context.Context) {
			standings(t, r, "running 0", skipped)
			time.Sleep(time.Minute)
			r.commit(left, added{3}) // it is parked where and when it was
			standings(t, r, "running 0", skipped)
			mended := projection.New("tally", r.rows, r.events, tally.place, projection.From("left", events, projection.On((*tally).added)))
			if err := mended.Apply(t.Context(), r.append(left, added{4})); err != nil {
				t.Fatal(err)
			}
			standings(t, r, "running 0")
		})
	})
}

func TestADamagedStreamIsSaidInTheViewsThatItIsOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRun(t)
		r.commit(stream("right", "b"), added{1}) // a row of its own: two segments that race for one may pause
		r.commit(left, added{1})
		other := projection.New("other", r.rows, r.events, tally.place, source("right"))
		r.Runner = projection.NewRunner(&damagedScan{countedEvents: r.events}, r.feed, logTo(&r.log), r.view, other)
		r.during(func(context.Context) { standings(t, r, "running 0") })
		r.commit(left, added{2})
		r.Runner = projection.NewRunner(&damagedScan{countedEvents: r.events}, r.feed, logTo(&r.log), r.view, other)
		r.during(func(context.Context) {
			standings(t, r, "running 0", projection.Parked{View: "tally", Stream: left, Version: 2, Reason: projection.Damaged, At: time.Now().UTC()})
		})
	})
}
