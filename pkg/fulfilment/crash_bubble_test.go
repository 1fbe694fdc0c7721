package fulfilment_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/daybook-es/daybook/internal/testsize"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/fulfilment/sandbox"
	"github.com/daybook-es/daybook/pkg/saga"
)

var errCrashed = errors.New("the program has crashed")

// A machine runs programs that crash: in the middle of an append or of a change
// in the outside world, before it has its effect or after. Whatever a crashed
// program asks for then, it gets nothing.
type machine struct {
	mu    sync.Mutex
	left  int  // effects until the next crash; negative: none
	after bool // the effect is there when it crashes
	down  bool
	crash context.CancelFunc
}

// effect does what has an effect, if the program still runs.
func (m *machine) effect(do func() error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.down {
		return errCrashed
	}
	if m.left--; m.left != -1 {
		return do()
	}
	if m.after {
		_ = do()
	}
	m.down = true
	m.crash()
	return errCrashed
}

func (m *machine) isDown() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.down
}

// boot starts it anew, to crash at an effect or never.
func (m *machine) boot(left int, after bool, crash context.CancelFunc) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.left, m.after, m.down, m.crash = left, after, false, crash
}

type crashingStore struct {
	*memstore.Store
	m *machine
}

func (s crashingStore) Append(ctx context.Context, stream eventstore.StreamID, at eventstore.Position, c eventstore.Commit) (stored eventstore.Commit, err error) {
	err = s.m.effect(func() error { stored, err = s.Store.Append(ctx, stream, at, c); return err })
	return stored, err
}

func (s crashingStore) Load(ctx context.Context, stream eventstore.StreamID, upTo eventstore.Version, schema int) ([]eventstore.Commit, error) {
	if s.m.isDown() {
		return nil, errCrashed
	}
	return s.Store.Load(ctx, stream, upTo, schema)
}

func (s crashingStore) Read(ctx context.Context, stream eventstore.StreamID, after eventstore.Position) iter.Seq2[eventstore.Commit, error] {
	if s.m.isDown() {
		return func(yield func(eventstore.Commit, error) bool) { yield(eventstore.Commit{}, errCrashed) }
	}
	return s.Store.Read(ctx, stream, after)
}

type crashingLedger struct {
	*sandbox.Memory
	m *machine
}

func (l crashingLedger) Change(ctx context.Context, key string, f func([]byte) ([]byte, error)) error {
	return l.m.effect(func() error { return l.Memory.Change(ctx, key, f) })
}

// crashes counts those of all fates.
var crashes atomic.Int64

// A fate is what happens to one order, drawn from a seed.
type fate uint64

func (f fate) String() string { return fmt.Sprintf("seed %d", uint64(f)) }

// live takes an order to its end through up to three crashes and, perhaps, a
// client's cancel, and says what is wrong then.
func (f fate) live(ctx context.Context) (saga.Status, error) {
	random := rand.New(rand.NewPCG(uint64(f), 1))
	m := &machine{left: -1}
	s := newShop(crashingStore{new(memstore.Store), m}, crashingLedger{new(sandbox.Memory), m}, crashingLedger{new(sandbox.Memory), m}, crashingLedger{new(sandbox.Memory), m})
	method := pick(random, "tok_ok", "tok_ok", "tok_flaky", "tok_declined", "tok_timeout_after_charge", "tok_refund_flaky")
	code := pick(random, "12345", "12345", "00000", "00001")
	if err := s.open(ctx, order.PaymentMethod(method), code, pick(random, "", "ada@example.com", "down@example.com")); err != nil {
		return "", err
	}
	cancels := random.IntN(3) == 0
	for range 1 + random.IntN(3) {
		program, crash := context.WithCancel(ctx)
		m.boot(random.IntN(24), random.IntN(2) == 0, crash)
		var client *time.Timer
		if cancels {
			cancels = random.IntN(2) == 0
			client = time.AfterFunc(time.Duration(random.IntN(20))*time.Second, func() { s.cancelHere(program) })
		}
		s.run(program, fulfilment.Process(s.world()))
		if m.isDown() {
			crashes.Add(1)
		}
		crash()
		if client != nil {
			client.Stop()
			synctest.Wait() // for one that is being answered
		}
	}
	m.boot(-1, false, nil)
	memo := s.run(ctx, fulfilment.Process(s.world()))
	return memo.Status, s.agrees(ctx, memo)
}

// cancelHere cancels in whichever program runs, and notes what was granted.
func (s *shop) cancelHere(ctx context.Context) {
	if ctx.Err() == nil {
		s.cancel(ctx, s.world())
	}
}

func pick(random *rand.Rand, from ...string) string { return from[random.IntN(len(from))] }

// TestACrashAnywhereLosesNothingAndDoesNothingTwice is a simulation: each seed is
// one order's fate, and says the same every time.
func TestACrashAnywhereLosesNothingAndDoesNothingTwice(t *testing.T) {
	fates := make([]fate, testsize.N{Short: 200, Race: 2_000, Gate: 5_000, Soak: 1_000_000}.Get())
	first := testsize.Seed(t)
	for i := range fates {
		fates[i] = fate(first + uint64(i))
	}
	ends := inBubbles(t, fates, func(ctx context.Context, f fate) (saga.Status, error) { return f.live(ctx) })
	t.Logf("%d seeds, %d crashes: %v", len(fates), crashes.Load(), ends)
	if crashes.Load() < int64(len(fates)) || ends[saga.Succeeded] == 0 || ends[saga.Compensated] == 0 {
		t.Error("a way was never gone")
	}
}
