package saga

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// Runs runs a process in this process, and keeps its memos. It is safe for
// concurrent use. What is cut off by the end of the program goes on from its
// memo when it is started again.
type Runs struct {
	process Process
	memos   *command.Loop[Memo, Event]
	log     *slog.Logger

	mu     sync.Mutex
	flying map[string]bool // ids of runs under way
	wg     sync.WaitGroup
}

// New returns the runs of a process whose memos are in the store. A declaration
// that makes no sense is a mistake in the program: it panics.
func New(process Process, store eventstore.Store, tenant string, log *slog.Logger) *Runs {
	process.check()
	return &Runs{process: process, memos: command.New(store, tenant, memos(process.Name)), log: log, flying: make(map[string]bool)}
}

// Memo returns what is known of a run.
func (r *Runs) Memo(ctx context.Context, id string) (Memo, error) {
	got, err := r.memos.State(ctx, id)
	return got.State, err
}

// Stop records that what ran a run stopped at a time before the run had ended,
// and reports whether that is news. The run is stuck until it goes on.
func (r *Runs) Stop(ctx context.Context, run Run, at time.Time) (bool, error) {
	request := command.Request{Correlation: run.Correlation, Causation: r.process.Name + "/" + run.ID, Actor: r.process.Name}
	answer, err := r.memos.Do(ctx, run.ID, request, Stop{At: at})
	return answer.Written, err
}

// Start runs in the background, until ctx ends, what is not under way already.
func (r *Runs) Start(ctx context.Context, run Run) {
	if !r.enter(run.ID) {
		return
	}
	r.wg.Go(func() {
		defer r.leave(run.ID)
		if err := r.run(ctx, run); err != nil && ctx.Err() == nil {
			r.log.Error("run stopped", "saga", r.process.Name, "run", run.ID, "correlation", run.Correlation, "err", err)
		}
	})
}

// Wait returns when nothing is under way any more.
func (r *Runs) Wait() { r.wg.Wait() }

func (r *Runs) enter(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.flying[id] {
		return false
	}
	r.flying[id] = true
	return true
}

func (r *Runs) leave(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.flying, id)
}

// run goes from where the memo ends to the end of the run. It is an error when
// it cannot: the run is stuck then, and the next start goes on with it.
func (r *Runs) run(ctx context.Context, run Run) error {
	memo, err := r.begin(ctx, run)
	if err != nil {
		return err
	}
	step := r.process.Steps[0].Name
	if memo.Status.Ended() {
		return nil
	}
	if n := len(memo.Steps); n > 0 {
		last := memo.Steps[n-1]
		if _, known := r.process.find(last.Step); !known {
			return fmt.Errorf("its memo ends with step %q, which %s no longer has: run the program that had it", last.Step, r.process.Name)
		}
		step, _ = r.process.after(last)
	}
	for step != "" {
		o, err := r.end(ctx, run, step)
		if ctx.Err() != nil || o.Verdict == Leave {
			return ctx.Err()
		}
		next, status := r.process.after(o)
		if status == Stuck {
			return fmt.Errorf("%s: %w", step, err)
		}
		if err != nil {
			r.log.Warn("step met faults", "saga", r.process.Name, "run", run.ID, "step", step, "attempts", o.Attempts, "status", o.Status, "err", err)
		}
		step = next
	}
	return nil
}

// begin reads the memo, however long the store takes to answer.
func (r *Runs) begin(ctx context.Context, run Run) (memo Memo, err error) {
	for attempt := 1; ; attempt++ {
		if memo, err = r.Memo(ctx, run.ID); err == nil || KindOf(err) != Transient {
			return memo, err
		}
		if err := sleep(ctx, r.process.Compensating.pause(attempt)); err != nil {
			return memo, err
		}
	}
}

// end attempts a step until it ends. The error is the last that was no refusal,
// if it is more than a want of patience.
func (r *Runs) end(ctx context.Context, run Run, step string) (Outcome, error) {
	n, _ := r.process.find(step)
	var met error
	entered := now()
	for attempt := 1; ; attempt++ {
		o, err := r.Perform(ctx, Attempt{Run: run, Step: step, Entered: entered, Number: attempt})
		switch {
		case ctx.Err() != nil:
			return Outcome{}, ctx.Err()
		case err != nil && KindOf(err) != Refused:
			met = err
		}
		if o.Status != "" || o.Verdict == Leave {
			if o.Status == StepSucceeded && KindOf(met) == Transient {
				met = nil
			}
			return o, met
		}
		if err := sleep(ctx, n.retry.pause(attempt)); err != nil {
			return Outcome{}, err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
