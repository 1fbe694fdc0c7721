package fulfilment_test

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/daybook-es/daybook/internal/testsize"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/fulfilment/sandbox"
	"github.com/daybook-es/daybook/pkg/saga"
)

// A fault is what goes wrong with a task.
type fault string

const (
	failsBefore  fault = "fails before its effect, once"
	neverDone    fault = "fails before its effect, always"
	failsAfter   fault = "fails after its effect, once"
	lostOnce     fault = "loses its reply, once"
	lostAlways   fault = "loses its reply, always"
	isRefused    fault = "is refused"
	twice        fault = "is delivered twice"
	arrivesLate  fault = "arrives late, after its compensation"
	cancelBefore fault = "finds that the client cancelled"
	cancelAfter  fault = "is followed by the client's cancel"
)

var faults = []fault{failsBefore, neverDone, failsAfter, lostOnce, lostAlways, isRefused, twice, arrivesLate, cancelBefore, cancelAfter}

var (
	errFault   = errors.New("a fault")
	errRefused = domain.Refuse("test.refused", "the test refuses it")
)

// A plan says what goes wrong with which tasks of one run.
type plan map[string]fault

func (p plan) String() string {
	var all []string
	for task, f := range p {
		all = append(all, task+" "+string(f))
	}
	slices.Sort(all)
	return strings.Join(all, "; ")
}

// A rig lets the tasks of a shop's process go wrong as planned.
type rig struct {
	shop  *shop
	world *fulfilment.World
	plan  plan
	calls map[string]int
	late  map[string]saga.Call // held back
}

// after names the task behind which a late one comes; of all others it is the
// end of the run.
var after = map[string]string{
	"ValidateOrder": "CancelOrder", "ReserveStock": "ReleaseStock", "TakePayment": "RefundPayment",
	"ConfirmOrder": "BeginCancel", "ArrangeShipment": "CancelShipment", "ShipOrder": "BeginCancel",
}

func (r *rig) process() saga.Process {
	p := fulfilment.Process(r.world)
	for i := range p.Steps {
		s := &p.Steps[i]
		s.Do = r.faulty(s.Do)
		if s.Undo != nil {
			s.Undo = r.faulty(s.Undo)
		}
	}
	return p
}

func (r *rig) faulty(task saga.Task) saga.Task {
	return func(ctx context.Context, c saga.Call) (v saga.Verdict, err error) {
		r.calls[c.Step]++
		first := r.calls[c.Step] == 1
		defer func() {
			for step, behind := range after {
				if behind == c.Step && err == nil {
					r.deliver(ctx, step)
				}
			}
		}()
		switch f := r.plan[c.Step]; {
		case f == failsBefore && first, f == neverDone:
			return saga.Proceed, errFault
		case f == failsAfter && first:
			_, _ = task(ctx, c)
			return saga.Proceed, errFault
		case f == lostOnce && first, f == lostAlways:
			_, _ = task(ctx, c)
			return saga.Proceed, saga.ErrUnavailable
		case f == isRefused:
			return saga.Proceed, errRefused
		case f == twice && first:
			_, _ = task(ctx, c)
		case f == arrivesLate:
			r.late[c.Step] = c
			return saga.Proceed, saga.ErrUnavailable
		case f == cancelBefore && first:
			r.shop.cancel(ctx, r.world)
		case f == cancelAfter && first:
			defer r.shop.cancel(ctx, r.world)
		}
		return task(ctx, c)
	}
}

// deliver brings a task that was held back, past every memo.
func (r *rig) deliver(ctx context.Context, step string) {
	c, held := r.late[step]
	if !held {
		return
	}
	delete(r.late, step)
	for _, s := range fulfilment.Process(r.world).Steps {
		switch step {
		case s.Name:
			_, _ = s.Do(ctx, c)
		case s.Compensation:
			_, _ = s.Undo(ctx, c)
		}
	}
}

// tasks returns the names of all steps and compensations.
func tasks() (all []string) {
	for _, s := range fulfilment.Process(new(fulfilment.World)).Steps {
		all = append(all, s.Name)
		if s.Compensation != "" {
			all = append(all, s.Compensation)
		}
	}
	return all
}

// walk runs an order under a plan, then once more without faults if the run is
// stuck, and says what is wrong.
func walk(ctx context.Context, p plan) (ended saga.Status, err error) {
	s := memoryShop()
	if err := s.open(ctx, "tok_ok", "12345", "ada@example.com"); err != nil {
		return "", err
	}
	r := &rig{shop: s, world: s.world(), plan: p, calls: make(map[string]int), late: make(map[string]saga.Call)}
	memo := s.run(ctx, r.process())
	ended = memo.Status
	switch {
	case memo.Status == saga.Stuck:
		if last := memo.Steps[len(memo.Steps)-1]; last.Status == saga.StepSucceeded || last.Error == nil || last.Error.Detail == "" {
			return ended, fmt.Errorf("stuck, and does not say where: %+v", last)
		}
		if err := s.halfway(ctx); err != nil {
			return ended, fmt.Errorf("stuck: %w", err)
		}
		for _, step := range tasks() {
			r.deliver(ctx, step)
		}
		memo = s.run(ctx, fulfilment.Process(s.world()))
	case !memo.Status.Ended():
		return ended, fmt.Errorf("the run did not end: %+v", memo)
	}
	for _, step := range tasks() {
		r.deliver(ctx, step)
	}
	return ended, s.agrees(ctx, memo)
}

// halfway holds of every run that is stuck: nothing is taken back of an order
// that shipped, nor before its cancellation began.
func (s *shop) halfway(ctx context.Context) error {
	o, err := s.world().Orders.State(ctx, s.id)
	if err != nil {
		return err
	}
	for _, l := range []sandbox.Ledger{s.gateway, s.carrier} {
		entries, err := sandbox.Entries(ctx, l)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if e.Barred && o.State.Status != order.StatusCancelling && o.State.Status != order.StatusCancelled {
				return fmt.Errorf("%s was taken back of an order that is %s", e.Key, o.State.Status)
			}
		}
	}
	return nil
}

// TestEveryFaultAndEveryPairOfThem walks through all of them.
func TestEveryFaultAndEveryPairOfThem(t *testing.T) {
	plans := []plan{{}}
	for i, a := range tasks() {
		for _, fa := range faults {
			plans = append(plans, plan{a: fa})
			for _, b := range tasks()[i+1:] {
				for _, fb := range faults {
					plans = append(plans, plan{a: fa, b: fb})
				}
			}
		}
	}
	all := len(plans)
	plans = sample(plans, testsize.N{Short: all / 40, Race: all / 10, Gate: all, Soak: all}.Get())
	ends := inBubbles(t, plans, func(ctx context.Context, p plan) (saga.Status, error) { return walk(ctx, p) })
	t.Logf("%d of %d schedules: %v", len(plans), all, ends)
	if ends[saga.Succeeded] == 0 || ends[saga.Compensated] == 0 || ends[saga.Stuck] == 0 {
		t.Error("a way was never gone")
	}
}

// inBubbles runs each case on a clock that does not make it wait, on two
// processors, and counts how they ended.
func inBubbles[C fmt.Stringer](t *testing.T, cases []C, run func(context.Context, C) (saga.Status, error)) map[saga.Status]int {
	t.Helper()
	// A shop is soon rubbish, and little of it lives: by default, two fifths of a walk are collections.
	defer debug.SetGCPercent(debug.SetGCPercent(800))
	const bubbles = 4
	counts := make([]map[saga.Status]int, bubbles)
	t.Run("schedules", func(t *testing.T) {
		for n := range bubbles {
			counts[n] = make(map[saga.Status]int)
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					for i := n; i < len(cases); i += bubbles {
						ended, err := run(t.Context(), cases[i])
						counts[n][ended]++
						if err != nil {
							t.Errorf("%s: %v", cases[i], err)
						}
						if t.Failed() {
							return
						}
					}
				})
			})
		}
	})
	sum := make(map[saga.Status]int)
	for _, c := range counts {
		for status, n := range c {
			sum[status] += n
		}
	}
	return sum
}

// sample returns about n of all, evenly spread.
func sample[C any](all []C, n int) (some []C) {
	for i := 0; i < len(all); i += len(all) / n {
		some = append(some, all[i])
	}
	return some
}
