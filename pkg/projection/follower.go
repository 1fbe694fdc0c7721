package projection

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// A Checkpoint is up to where a view's rows hold what a feed passed on. It is
// kept with them, so that neither is ever without the other.
type Checkpoint interface {
	// Begin returns what was saved last, the zero Place when nothing was. What
	// was put since is forgotten, or stays; it comes again.
	Begin(ctx context.Context) (Place, error)
	// Save keeps the place, and all that was put before.
	Save(ctx context.Context, at Place) error
	// Reset forgets all rows, and the place.
	Reset(ctx context.Context) error
}

// A Place in a feed is the number of a commit, and what tells it from the one
// that has its number in another feed; both are zero before the first.
type Place struct {
	Seq    uint64
	Commit string
}

// place returns the place of a commit.
func place(seq uint64, c eventstore.Commit) Place {
	return Place{Seq: seq, Commit: fmt.Sprintf("%s@%d %s", c.Stream, c.Last(), c.At.UTC().Format(time.RFC3339Nano))}
}

// A Follower keeps one view whose rows outlive the process: it goes on from the
// view's own checkpoint, and nobody waits for it who does not ask to. Streams
// with poison and faults are treated as a [Runner] does; after a fault it begins
// at the checkpoint again. Rows of another feed, be it of a copy that is older
// than they are, are forgotten, and the log says so.
type Follower struct {
	feed       Feed
	log        *slog.Logger
	view       *running
	checkpoint Checkpoint
	done       *mark
	wanted     chan struct{} // somebody waits
	waits      atomic.Int32
}

// NewFollower returns the follower of a view.
func NewFollower(feed Feed, log *slog.Logger, view View, checkpoint Checkpoint) *Follower {
	return &Follower{
		feed: feed, log: log, checkpoint: checkpoint, done: newMark(), wanted: make(chan struct{}, 1),
		view: newRunning(view, log),
	}
}

// Run keeps the view until the context ends, and returns its error. It is called
// once.
func (f *Follower) Run(ctx context.Context) error {
	tries := tries{log: f.log, in: f.view.View.View(), waits: &f.waits}
	return tries.until(ctx, func() error {
		at, err := f.begin(ctx)
		if err != nil {
			return err
		}
		f.done.move(at.Seq)
		err = f.feed.Follow(ctx, at.Seq, func(seq uint64, commits []eventstore.Commit) error {
			if len(commits) == 0 { // it makes no sense, and the place before it stays
				f.done.move(seq)
				return nil
			}
			if err := f.view.apply(ctx, commits); err != nil {
				return err
			}
			if err := f.checkpoint.Save(ctx, place(seq, commits[len(commits)-1])); err != nil {
				return err
			}
			f.done.move(seq)
			tries.went()
			f.rest(ctx, seq)
			return nil
		})
		return cmp.Or(err, errFeedEnded)
	})
}

// A follower that is not far behind lets commits gather after each save, so that
// they share the next, unless somebody waits.
const (
	restFor   = 200 * time.Millisecond
	farBehind = 500 // commits
)

func (f *Follower) rest(ctx context.Context, seq uint64) {
	if seq+farBehind < f.feed.Head() {
		return
	}
	select {
	case <-time.After(restFor):
	case <-f.wanted:
	case <-ctx.Done():
	}
}

// begin returns where to go on: the checkpoint, if it is one in this feed.
func (f *Follower) begin(ctx context.Context) (Place, error) {
	at, err := f.checkpoint.Begin(ctx)
	if err != nil || at == (Place{}) {
		return at, err
	}
	if here, err := f.here(ctx, at.Seq); here == at || err != nil {
		return at, err
	}
	f.log.Warn("view is made anew: its rows are of other events", "view", f.view.View.View())
	return Place{}, f.checkpoint.Reset(ctx)
}

// here returns the place that the feed has at a number, if it has come so far.
func (f *Follower) here(ctx context.Context, seq uint64) (at Place, err error) {
	if seq > f.feed.Head() {
		return Place{}, nil
	}
	n, c, err := first(ctx, f.feed, seq-1)
	if n > 0 {
		at = place(n, c)
	}
	return at, err
}

// Settled returns when the view holds everything that was committed when it was
// called, but for stopped streams; or with the context's error.
func (f *Follower) Settled(ctx context.Context) error {
	head := f.feed.Head()
	if f.done.seq() < head {
		select {
		case f.wanted <- struct{}{}:
		default: // it is said already
		}
	}
	return f.done.wait(ctx, head)
}
