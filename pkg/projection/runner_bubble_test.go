package projection_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

func TestARunnerRebuildsAndThenFollows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRun(t)
		for i := range 700 { // more than a batch of the rebuild
			r.commit(stream("left", fmt.Sprint(i%7)), added{i})
		}
		if r.Ready() {
			t.Error("ready before the start")
		}
		r.during(func(ctx context.Context) {
			r.settle(ctx)
			if !r.Ready() {
				t.Error("settled and not ready")
			}
			rows, err := r.rows.List(ctx, readmodel.Page{View: "brave", Tenant: "t", List: "all", Limit: 10})
			if err != nil || len(rows) != 7 || rows[0].Sort != "0100" {
				t.Errorf("got %v, %v; want 7 rows of 100 additions", rows, err)
			}
			for i := range 5 {
				r.commit(left, added{i})
			}
			r.settle(ctx)
			r.expect("a", 5, 0, "left@1:0", "left@2:1", "left@3:2", "left@4:3", "left@5:4")
		})
		r.logged()
	})
}

func TestWhatIsCommittedDuringTheRebuildIsNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRun(t)
		r.commit(left, added{1})
		scanned := &slowScan{countedEvents: r.events, met: make(chan struct{}), on: make(chan struct{})}
		r.Runner = projection.NewRunner(scanned, r.feed, logTo(&r.log), r.view)
		r.during(func(ctx context.Context) {
			<-scanned.met
			r.commit(left, added{2})
			early, cancel := context.WithTimeout(ctx, 5*time.Second)
			defer cancel()
			if err := r.Settled(early); !errors.Is(err, context.DeadlineExceeded) || r.Ready() {
				t.Errorf("settled before the rebuild: %v, ready %v", err, r.Ready())
			}
			close(scanned.on)
			r.settle(ctx)
			r.expect("a", 2, 0, "left@1:1", "left@2:2")
		})
	})
}

func TestAPoisonedStreamIsStoppedInItsViewAlone(t *testing.T) {
	for name, late := range map[string]bool{"met in the rebuild": false, "met in the feed": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRun(t)
				poison := func() {
					r.commit(left, added{1})
					r.commit(left, vetoed{})
					r.commit(left, added{3})
				}
				if !late {
					poison()
				}
				r.during(func(ctx context.Context) {
					r.settle(ctx)
					if late {
						poison()
					}
					r.commit(left, added{4})
					r.commit(stream("left", "b"), added{1})
					r.settle(ctx) // the stopped stream is not waited for
					r.expect("a", 1, 0, "left@1:1")
					r.expect("b", 1, 0, "left@1:1")
					brave, err := r.rows.Get(ctx, readmodel.Key{View: "brave", Tenant: "t", ID: "a"})
					if err != nil || brave.Applied["left"].Version() != 4 {
						t.Errorf("the other view is at %v, %v", brave.Applied, err)
					}
				})
				r.logged(`level=ERROR msg="stream stopped" stream=t/left/a version=2 view=tally err=vetoed`)
			})
		})
	}
}

func TestAStreamThatIsFoundDamagedIsStoppedInAllViews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRun(t)
		r.commit(left, added{1})
		r.commit(left, added{2})
		r.commit(stream("left", "b"), added{1})
		r.Runner = projection.NewRunner(&damagedScan{countedEvents: r.events}, r.feed, logTo(&r.log), r.view)
		r.during(func(ctx context.Context) {
			r.settle(ctx)
			r.commit(left, added{3})
			r.commit(stream("left", "b"), added{2})
			r.settle(ctx)
			r.expect("a", 1, 0, "left@1:1")
			r.expect("b", 2, 0, "left@1:1", "left@2:2")
		})
		r.logged(`level=ERROR msg="stream stopped" stream=t/left/a err="stream t/left/a has a hole: version 3 follows 1"`)
	})
}

func TestAFaultIsSaidOnceAndTriedUntilItHasPassed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRun(t)
		faults := 0
		r.rows.fail = func(op string, key readmodel.Key) error {
			if faults < 20 && op == "put" && key.View == "tally" {
				faults++
				return errors.New("disk full")
			}
			return nil
		}
		r.commit(left, added{1})
		r.during(func(ctx context.Context) {
			r.settle(ctx)
			r.expect("a", 1, 0, "left@1:1")
			faults = 0
			r.commit(left, added{2})
			r.settle(ctx)
			r.expect("a", 2, 0, "left@1:1", "left@2:2")
		})
		said := `level=ERROR msg="views wait for a fault to pass" in=tally err="disk full"`
		r.logged(said, said)
	})
}

func TestAFeedThatBreaksOffIsTakenUpAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRun(t)
		r.feed.ends = 3
		r.during(func(ctx context.Context) {
			for i := range 5 {
				r.commit(left, added{i})
			}
			r.settle(ctx)
			r.expect("a", 5, 0, "left@1:0", "left@2:1", "left@3:2", "left@4:3", "left@5:4")
		})
		r.logged(`level=ERROR msg="views wait for a fault to pass" in=feed err="feed broke off"`)
	})
}

func TestAScanThatFailsIsDoneAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRun(t)
		for i := range 3 {
			r.commit(left, added{i})
		}
		r.Runner = projection.NewRunner(&failingScan{countedEvents: r.events}, r.feed, logTo(&r.log), r.view)
		r.during(func(ctx context.Context) {
			r.settle(ctx)
			r.expect("a", 3, 0, "left@1:0", "left@2:1", "left@3:2")
		})
		r.logged(`level=ERROR msg="views wait for a fault to pass" in=rebuild err="scan broke off"`)
	})
}

func ExampleRunner() {
	w := newWorld(nil)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	feed, rows := newFeed(), boltstore.NewViews()
	view := projection.New("tally", rows, w.events, tally.place, source("left"))
	runner := projection.NewRunner(w.events, feed, slog.New(slog.DiscardHandler), view)
	go runner.Run(ctx)

	end := eventstore.NoStream(left)
	c, _ := w.events.Append(ctx, left, end, eventstore.Commit{
		Events:  []eventstore.Event{stored(added{N: 7})},
		Command: eventstore.CommandID{Key: "1"},
	})
	feed.pass(c)
	fmt.Println(runner.Settled(ctx))
	row, _ := rows.Get(ctx, readmodel.Key{View: "tally", Tenant: "t", ID: "a"})
	fmt.Println(string(row.Data))
	// Output:
	// <nil>
	// {"Seen":["left@1:7"]}
}
