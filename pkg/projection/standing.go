package projection

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// A Standing is how a projector, a [Runner] or a [Follower], stands at a moment.
type Standing struct {
	Views  []string
	Status Status // empty, as all else: nobody can tell
	// Behind is how many commits it has yet to take. nil: it cannot tell, as while
	// it starts.
	Behind *uint64
	// Oldest is the commit time of the first of them. nil: there is none, or it
	// cannot be read.
	Oldest *time.Time
	// Parked is what it skips, newest first.
	Parked []Parked
}

// A Status says what a projector does.
type Status string

// What a projector does.
const (
	Starting Status = "starting" // it makes the views, or looks how far they are
	Running  Status = "running"
	Waiting  Status = "waiting" // for a fault to pass
)

// Parked: a view skips a stream.
type Parked struct {
	View    string
	Stream  eventstore.StreamID
	Version eventstore.Version // of the first event that is not folded
	Reason  Reason
	At      time.Time // when this was found
}

// Standing returns how the runner stands.
func (r *Runner) Standing(ctx context.Context) Standing {
	return standing(ctx, r.feed, r.done, &r.waits, r.views...)
}

// Standing returns how the follower stands. Of what it skipped before the start it
// knows nothing, until the stream goes on.
func (f *Follower) Standing(ctx context.Context) Standing {
	return standing(ctx, f.feed, f.done, &f.waits, f.view)
}

func standing(ctx context.Context, feed Feed, done *mark, waits *atomic.Int32, views ...*running) Standing {
	s := Standing{Status: Starting}
	at, begun := done.now()
	if begun {
		s.Status, s.Behind = Running, new(feed.Head()-at)
	}
	if begun && *s.Behind > 0 {
		if n, c, err := first(ctx, feed, at); n > 0 && err == nil && !c.At.IsZero() {
			s.Oldest = &c.At
		}
	}
	if waits.Load() > 0 && (!begun || *s.Behind > 0) { // else there is nothing left to wait for
		s.Status = Waiting
	}
	for _, v := range views {
		s.Views = append(s.Views, v.View.View())
		s.Parked = append(s.Parked, v.parked(ctx)...)
	}
	slices.SortFunc(s.Parked, func(a, b Parked) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Stream.String(), b.Stream.String()), cmp.Compare(a.View, b.View))
	})
	return s
}

// parked returns what is stopped, but for what the view has nothing to do with.
func (v *running) parked(ctx context.Context) (all []Parked) {
	v.mu.Lock()
	for _, p := range v.stopped {
		all = append(all, p)
	}
	v.mu.Unlock()
	return slices.DeleteFunc(all, func(p Parked) bool {
		has, err := v.Has(ctx, p.Stream, p.Version)
		return has && err == nil
	})
}

// first returns the first commit after a number that is not beyond the head, with
// its own number; 0 if it makes no sense.
func first(ctx context.Context, feed Feed, after uint64) (n uint64, c eventstore.Commit, err error) {
	err = feed.Follow(ctx, after, func(seq uint64, commits []eventstore.Commit) error {
		if len(commits) > 0 {
			n, c = seq-uint64(len(commits))+1, commits[0]
		}
		return errSeen
	})
	if errors.Is(err, errSeen) {
		err = nil
	}
	return n, c, err
}

var errSeen = errors.New("seen")
