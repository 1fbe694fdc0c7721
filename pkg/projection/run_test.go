package projection_test

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
)

// A feed passes on the commits that the test says, two at once at most.
type feed struct {
	mu      sync.Mutex
	commits []eventstore.Commit
	more    chan struct{}
	ends    int // times that Follow breaks off before it says anything
}

func newFeed() *feed { return &feed{more: make(chan struct{})} }

func (f *feed) pass(c eventstore.Commit) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.commits = append(f.commits, c)
	close(f.more)
	f.more = make(chan struct{})
}

func (f *feed) Head() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return uint64(len(f.commits))
}

func (f *feed) Follow(ctx context.Context, after uint64, tell func(uint64, []eventstore.Commit) error) error {
	for ctx.Err() == nil {
		f.mu.Lock()
		if f.ends > 0 {
			f.ends--
			f.mu.Unlock()
			return errors.New("feed broke off")
		}
		commits, more := f.commits[after:], f.more
		f.mu.Unlock()
		if len(commits) == 0 {
			select {
			case <-more:
			case <-ctx.Done():
			}
			continue
		}
		commits = commits[:min(2, len(commits))]
		after += uint64(len(commits))
		if err := tell(after, commits); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// A run is a runner of two views over one world, with what it logs.
type run struct {
	*world
	*projection.Runner
	feed *feed
	log  bytes.Buffer
}

func newRun(t testing.TB) *run {
	w := newWorld(t)
	r := &run{world: w, feed: newFeed()}
	brave := projection.New("brave", w.rows, w.events, tally.place,
		projection.From("left", events, projection.On((*tally).added)))
	r.Runner = projection.NewRunner(w.events, r.feed, logTo(&r.log), w.view, brave)
	return r
}

func logTo(b *bytes.Buffer) *slog.Logger {
	return slog.New(slog.NewTextHandler(b, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

// commit appends and passes on.
func (r *run) commit(s eventstore.StreamID, happened ...domain.Typed) {
	r.Helper()
	r.feed.pass(r.append(s, happened...))
}

// during runs the runner while the test acts.
func (r *run) during(act func(ctx context.Context)) {
	r.Helper()
	ctx, cancel := context.WithCancel(r.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	act(ctx)
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		r.Errorf("the runner ended with %v", err)
	}
}

func (r *run) settle(ctx context.Context) {
	r.Helper()
	if err := r.Settled(ctx); err != nil {
		r.Fatal(err)
	}
}

func (r *run) logged(want ...string) {
	r.Helper()
	if got := r.log.String(); got != strings.Join(append(want, ""), "\n") {
		r.Errorf("logged\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

// slowScan has scanned everything, and does not come to an end.
type slowScan struct {
	*countedEvents
	once    sync.Once
	met, on chan struct{}
}

func (s *slowScan) Scan(ctx context.Context, segment, of int) iter.Seq2[eventstore.Commit, error] {
	return func(yield func(eventstore.Commit, error) bool) {
		for c, err := range s.countedEvents.Scan(ctx, segment, of) {
			if !yield(c, err) {
				return
			}
		}
		s.once.Do(func() { close(s.met) })
		<-s.on
	}
}

// failingScan breaks off after two commits, once.
type failingScan struct {
	*countedEvents
	once sync.Once
}

func (s *failingScan) Scan(ctx context.Context, segment, of int) iter.Seq2[eventstore.Commit, error] {
	return func(yield func(eventstore.Commit, error) bool) {
		n, broken := 0, false
		for c, err := range s.countedEvents.Scan(ctx, segment, of) {
			if n++; n > 2 {
				s.once.Do(func() { broken = true })
			}
			if broken {
				yield(eventstore.Commit{}, errors.New("scan broke off"))
				return
			}
			if !yield(c, err) {
				return
			}
		}
	}
}

// damagedScan finds a hole after the first commit of left.
type damagedScan struct{ *countedEvents }

func (s *damagedScan) Scan(ctx context.Context, segment, of int) iter.Seq2[eventstore.Commit, error] {
	return func(yield func(eventstore.Commit, error) bool) {
		for c, err := range s.countedEvents.Scan(ctx, segment, of) {
			if c.Stream == left && c.First > 1 {
				c, err = eventstore.Commit{Stream: left}, &eventstore.HoleError{Stream: left, After: 1, Found: 3}
			}
			if !yield(c, err) {
				return
			}
		}
	}
}

// Read implements [eventstore.Store].
func (s *damagedScan) Read(ctx context.Context, id eventstore.StreamID, after eventstore.Position) iter.Seq2[eventstore.Commit, error] {
	return func(yield func(eventstore.Commit, error) bool) {
		for c, err := range s.countedEvents.Read(ctx, id, after) {
			if id == left && c.First > 1 {
				c, err = eventstore.Commit{}, &eventstore.HoleError{Stream: left, After: 1, Found: 3}
			}
			if !yield(c, err) || err != nil {
				return
			}
		}
	}
}
