package projection

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// A Feed passes on what is committed, numbered in the order in which it was; 0
// is before the first.
type Feed interface {
	// Head returns the number of the last commit that Append has acknowledged.
	Head() uint64
	// Follow calls f with all commits after a number, in the order of their
	// numbers, several at once where it can; seq is the number of the last of
	// them. Of one that makes no sense it says the number, with no commit; a scan
	// and whoever reads the stream meet it. It waits for more, and returns only with an error: that of f, of the
	// context, or its own.
	Follow(ctx context.Context, after uint64, f func(seq uint64, commits []eventstore.Commit) error) error
}

// A View is a [Projection], whatever its rows hold.
type View interface {
	View() string
	// Has reports that nothing of the stream up to the version is missing in the
	// view; so it is of a stream that is none of the view's business.
	Has(ctx context.Context, stream eventstore.StreamID, version eventstore.Version) (bool, error)
	Apply(ctx context.Context, commits ...eventstore.Commit) error
}

// A Runner keeps views in one process: it folds all events from zero, and then
// follows what is committed.
//
// A stream with poison is stopped: the runner says so once in its log and skips
// the stream in that view, and in no other, until the next start. A stream that
// is found damaged at the start is stopped in all views. A fault is said once
// too, and tried again until it has passed; nothing is skipped for it.
type Runner struct {
	events eventstore.Store
	feed   Feed
	log    *slog.Logger
	views  []*running
	done   *mark
	waits  atomic.Int32
}

// NewRunner returns a runner of views that start empty.
func NewRunner(events eventstore.Store, feed Feed, log *slog.Logger, views ...View) *Runner {
	r := &Runner{events: events, feed: feed, log: log, done: newMark()}
	for _, v := range views {
		r.views = append(r.views, newRunning(v, log))
	}
	return r
}

// Run runs the views until the context ends, and returns its error. It is called
// once.
func (r *Runner) Run(ctx context.Context) error {
	seq := r.feed.Head() // what is committed by now, the rebuild will meet
	segments := runtime.GOMAXPROCS(0)
	var wg sync.WaitGroup
	for segment := range segments {
		wg.Go(func() {
			tries := tries{log: r.log, in: "rebuild", waits: &r.waits}
			_ = tries.until(ctx, func() error { return r.rebuild(ctx, segment, segments) })
		})
	}
	if wg.Wait(); ctx.Err() != nil {
		return ctx.Err()
	}
	r.done.move(seq)
	tries := tries{log: r.log, in: "feed", waits: &r.waits}
	return tries.until(ctx, func() error {
		err := r.feed.Follow(ctx, r.done.seq(), func(seq uint64, commits []eventstore.Commit) error {
			if err := r.apply(ctx, commits); err != nil {
				return err
			}
			r.done.move(seq)
			tries.went()
			return nil
		})
		return cmp.Or(err, errFeedEnded)
	})
}

var errFeedEnded = errors.New("the feed ended without an error")

// rebuildBatch is large enough that most streams come whole, so that their rows
// are written once, and small enough to stay in the processor's cache.
const rebuildBatch = 256

func (r *Runner) rebuild(ctx context.Context, segment, of int) error {
	batch := make([]eventstore.Commit, 0, rebuildBatch)
	flush := func() error {
		err := r.apply(ctx, batch)
		batch = batch[:0]
		return err
	}
	for c, err := range r.events.Scan(ctx, segment, of) {
		damaged := eventstore.Damaged(err)
		if err != nil && !damaged {
			return err
		}
		if !damaged {
			batch = append(batch, c)
		}
		if damaged || len(batch) == cap(batch) {
			if err := flush(); err != nil {
				return err
			}
		}
		if damaged {
			if err := r.stop(ctx, c.Stream, err); err != nil {
				return err
			}
		}
	}
	return flush()
}

// stop stops a damaged stream in all views, from its first event that cannot be
// read.
func (r *Runner) stop(ctx context.Context, stream eventstore.StreamID, damage error) error {
	end := eventstore.NoStream(stream)
	for c, err := range r.events.Read(ctx, stream, end) {
		if eventstore.Damaged(err) {
			break
		}
		if err != nil {
			return err
		}
		end = c.End()
	}
	known := true
	for _, v := range r.views {
		known = !v.stop(&PoisonError{Stream: stream, Version: end.Version() + 1, Err: damage}) && known
	}
	if !known {
		r.log.Error("stream stopped", "stream", stream.String(), "err", damage)
	}
	return nil
}

func (r *Runner) apply(ctx context.Context, commits []eventstore.Commit) error {
	for _, v := range r.views {
		tries := tries{log: r.log, in: v.View.View(), waits: &r.waits}
		if err := tries.until(ctx, func() error { return v.apply(ctx, commits) }); err != nil {
			return err
		}
	}
	return nil
}

// Ready reports whether all that was committed before the start is folded.
func (r *Runner) Ready() bool {
	_, begun := r.done.now()
	return begun
}

// Settled returns when the views hold everything that was committed when it was
// called, but for stopped streams; or with the context's error.
func (r *Runner) Settled(ctx context.Context) error { return r.done.wait(ctx, r.feed.Head()) }

// running is a view, and the streams that are stopped in it.
type running struct {
	View
	log     *slog.Logger
	mu      sync.Mutex
	stopped map[eventstore.StreamID]Parked
}

func newRunning(v View, log *slog.Logger) *running {
	return &running{View: v, log: log, stopped: make(map[eventstore.StreamID]Parked)}
}

// stop reports whether it is new that the stream is stopped.
func (v *running) stop(p *PoisonError) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	_, known := v.stopped[p.Stream]
	if !known {
		v.stopped[p.Stream] = Parked{View: v.View.View(), Stream: p.Stream, Version: p.Version, Reason: p.Reason(), At: time.Now().UTC()}
	}
	return !known
}

// apply returns faults alone.
func (v *running) apply(ctx context.Context, commits []eventstore.Commit) error {
	err := v.Apply(ctx, v.going(commits)...)
	poison := Poisoned(err)
	if poison == nil {
		return err
	}
	for _, p := range poison {
		v.stop(p)
		v.log.Error("stream stopped", "stream", p.Stream.String(), "version", p.Version, "view", v.View.View(), "err", p.Err)
	}
	return nil
}

// going returns the commits whose stream is not stopped.
func (v *running) going(commits []eventstore.Commit) []eventstore.Commit {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.stopped) == 0 {
		return commits
	}
	return slices.DeleteFunc(slices.Clone(commits), func(c eventstore.Commit) bool {
		_, stopped := v.stopped[c.Stream]
		return stopped
	})
}
