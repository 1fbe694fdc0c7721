package projection

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"
)

// Pauses between two tries after a fault.
const (
	firstPause = 10 * time.Millisecond
	lastPause  = time.Second
)

// tries outlive faults. Of faults in a row they log the first.
type tries struct {
	log   *slog.Logger
	in    string        // what is tried
	waits *atomic.Int32 // how many wait for a fault to pass
	pause time.Duration // before the next try; 0: the last did not fail
}

// went says that a fault, if there was one, has passed.
func (t *tries) went() {
	if t.pause > 0 {
		t.pause = 0
		t.waits.Add(-1)
	}
}

// until tries until there is no error, or else the context ends: the only error
// that it returns.
func (t *tries) until(ctx context.Context, try func() error) error {
	for {
		err := try()
		if err == nil || ctx.Err() != nil {
			t.went()
			return ctx.Err()
		}
		if t.pause == 0 {
			t.waits.Add(1)
			t.log.Error("views wait for a fault to pass", "in", t.in, "err", err)
		}
		t.pause = min(max(2*t.pause, firstPause), lastPause)
		if err := sleep(ctx, t.pause); err != nil {
			return err
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
