package projection_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// A shelf has rows that outlive a follower, and its place.
type shelf struct {
	*countedRows
	at            projection.Place
	begun, resets int
	saves, fails  int // saves in all, and of those to come how many fail
}

func (s *shelf) Begin(context.Context) (projection.Place, error) { s.begun++; return s.at, nil }

func (s *shelf) Save(_ context.Context, at projection.Place) error {
	s.saves++
	if s.fails--; s.fails >= 0 {
		return errors.New("disk full")
	}
	s.at = at
	return nil
}

func (s *shelf) Reset(context.Context) error {
	s.resets++
	s.at, s.Views = projection.Place{}, boltstore.NewViews()
	return nil
}

// A follow is a follower of a world's view, over a shelf.
type follow struct {
	*world
	*shelf
	feed *feed
	log  bytes.Buffer
}

func newFollow(t testing.TB) *follow {
	w := newWorld(t)
	return &follow{world: w, shelf: &shelf{countedRows: w.rows}, feed: newFeed()}
}

// during starts a follower, as a start of the program does, while the test acts.
func (f *follow) during(act func(ctx context.Context, follower *projection.Follower)) {
	f.Helper()
	follower := projection.NewFollower(f.feed, logTo(&f.log), f.view, f.shelf)
	ctx, cancel := context.WithCancel(f.Context())
	ended := make(chan error, 1)
	go func() { ended <- follower.Run(ctx) }()
	act(ctx, follower)
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		f.Errorf("the follower ended with %v", err)
	}
}

func (f *follow) settle(ctx context.Context, follower *projection.Follower) {
	f.Helper()
	if err := follower.Settled(ctx); err != nil {
		f.Fatal(err)
	}
}

func (f *follow) commit(s eventstore.StreamID, n int) {
	f.Helper()
	f.feed.pass(f.append(s, added{n}))
}

func (f *follow) logged(want string) {
	f.Helper()
	if got := f.log.String(); got != want {
		f.Errorf("logged\n%s\nwant\n%s", got, want)
	}
}

func TestAFollowerGoesOnFromItsCheckpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFollow(t)
		for i := range 5 {
			f.commit(left, i)
		}
		f.during(func(ctx context.Context, follower *projection.Follower) {
			f.settle(ctx, follower)
			f.commit(left, 5)
			f.settle(ctx, follower)
			f.expect("a", 6, 0, "left@1:0", "left@2:1", "left@3:2", "left@4:3", "left@5:4", "left@6:5")
		})
		f.commit(right, 6) // while nobody follows
		f.rows.gets = 0
		f.during(f.settle)
		f.expect("a", 6, 1, "left@1:0", "left@2:1", "left@3:2", "left@4:3", "left@5:4", "left@6:5", "right@1:6")
		if f.rows.gets != 1 || f.at.Seq != 7 {
			t.Errorf("%d rows read for one commit; the checkpoint is %v", f.rows.gets, f.at)
		}
		f.logged("")
	})
}

func TestAFollowerThatLosesItsLastSaveMissesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFollow(t)
		f.commit(left, 1)
		f.commit(left, 2)
		f.during(f.settle)
		early := f.at
		f.commit(left, 3)
		f.during(f.settle)
		f.at = early // the rows stayed
		f.during(f.settle)
		f.expect("a", 3, 0, "left@1:1", "left@2:2", "left@3:3")
	})
}

func TestASaveThatFailsIsSaidOnceAndBegunAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFollow(t)
		f.fails = 20
		f.commit(left, 1)
		f.during(func(ctx context.Context, follower *projection.Follower) {
			early, cancel := context.WithTimeout(ctx, 5*time.Second)
			defer cancel()
			if err := follower.Settled(early); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("settled, and nothing was saved: %v", err)
			}
			f.settle(ctx, follower)
		})
		f.expect("a", 1, 0, "left@1:1")
		if f.begun != 21 {
			t.Errorf("begun %d times", f.begun)
		}
		f.logged("level=ERROR msg=\"views wait for a fault to pass\" in=tally err=\"disk full\"\n")
	})
}

func TestCommitsGatherForASaveUnlessSomebodyWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFollow(t)
		f.commit(left, 0)
		f.during(func(ctx context.Context, follower *projection.Follower) {
			f.settle(ctx, follower)
			for i := range 100 {
				f.commit(left, i)
				time.Sleep(10 * time.Millisecond)
			}
			time.Sleep(time.Minute) // the feed passes on two at once
			synctest.Wait()
			if f.saves > 60 || f.at.Seq != 101 {
				t.Errorf("%d saves up to %v", f.saves, f.at)
			}
			begun := time.Now()
			f.commit(left, 100)
			f.settle(ctx, follower)
			if waited := time.Since(begun); waited != 0 {
				t.Errorf("waited %v", waited)
			}
		})
	})
}

func TestRowsOfOtherEventsAreForgotten(t *testing.T) {
	for name, c := range map[string]struct {
		more  int // commits that follow
		other bool
		at    uint64
	}{
		"another feed that is empty":             {0, true, 0},
		"another feed that has not come so far":  {1, true, 1},
		"another feed that has come further":     {5, true, 5},
		"the same feed is no other":              {0, false, 2},
		"the same feed that went on is no other": {3, false, 5},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFollow(t)
				f.commit(left, 1)
				f.commit(left, 2)
				f.during(f.settle)
				said := ""
				if c.other {
					f.feed, said = newFeed(), "level=WARN msg=\"view is made anew: its rows are of other events\" view=tally\n"
				}
				for i := range c.more {
					f.commit(stream("left", "b"), i)
				}
				f.during(f.settle)
				if f.logged(said); (f.resets == 1) != c.other || f.at.Seq != c.at {
					t.Errorf("reset %d times; the checkpoint is %v", f.resets, f.at)
				}
			})
		})
	}
}

func TestPoisonStopsItsStreamAndNotTheFollower(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFollow(t)
		f.commit(left, 1)
		f.feed.pass(f.append(left, vetoed{}))
		f.commit(left, 3)
		f.commit(stream("left", "b"), 4)
		f.during(f.settle)
		f.expect("a", 1, 0, "left@1:1")
		f.expect("b", 1, 0, "left@1:4")
		stopped := "level=ERROR msg=\"stream stopped\" stream=t/left/a version=2 view=tally err=vetoed\n"
		f.logged(stopped)
		f.commit(left, 5) // met again after the next start, where it reads what it has missed
		f.during(f.settle)
		f.logged(stopped + stopped)
		f.expect("a", 1, 0, "left@1:1")
	})
}

// nowhere is a checkpoint of rows that are in memory, and so are gone at a start.
type nowhere struct{}

func (nowhere) Begin(context.Context) (projection.Place, error) { return projection.Place{}, nil }
func (nowhere) Save(context.Context, projection.Place) error    { return nil }
func (nowhere) Reset(context.Context) error                     { return nil }

func ExampleFollower() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	store, feed, rows := new(memstore.Store), newFeed(), boltstore.NewViews()
	view := projection.New("tally", rows, store, tally.place, source("left"))
	follower := projection.NewFollower(feed, slog.New(slog.DiscardHandler), view, nowhere{})
	go follower.Run(ctx)

	c, _ := store.Append(ctx, left, eventstore.NoStream(left), eventstore.Commit{
		Events:  []eventstore.Event{stored(added{N: 7})},
		Command: eventstore.CommandID{Key: "1"},
	})
	feed.pass(c)
	fmt.Println(follower.Settled(ctx))
	row, _ := rows.Get(ctx, readmodel.Key{View: "tally", Tenant: "t", ID: "a"})
	fmt.Println(string(row.Data))
	// Output:
	// <nil>
	// {"Seen":["left@1:7"]}
}
