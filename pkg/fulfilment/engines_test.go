package fulfilment_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/daybook-es/daybook/internal/testsize"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/saga"
)

// neverCalled is a fault that only an engine can meet: it does not get through to
// the function that the step is to be done by.
const neverCalled fault = "is never called"

// drive is a walk through a state machine: where its execution failed it is
// redriven once, without faults. It says how the run went.
func drive(ctx context.Context, m *stateMachine, p plan) (ended saga.Status, way string, err error) {
	s := memoryShop()
	if err := s.open(ctx, "tok_ok", "12345", "ada@example.com"); err != nil {
		return "", "", err
	}
	if m != nil {
		s.execution = newExecution(*m, s.id)
		s.execution.lost = make(map[string]bool)
		for step, f := range p {
			s.execution.lost[step] = f == neverCalled
		}
	}
	r := &rig{shop: s, world: s.world(), plan: p, calls: make(map[string]int), late: make(map[string]saga.Call)}
	memo := s.run(ctx, r.process())
	ended, way = memo.Status, say(memo)
	if !ended.Ended() {
		if err := s.halfway(ctx); err != nil || ended != saga.Stuck {
			return ended, way, fmt.Errorf("%s: %w", ended, err)
		}
		for _, step := range tasks() {
			r.deliver(ctx, step)
		}
		if s.execution != nil {
			s.execution.lost = nil
		}
		memo = s.run(ctx, fulfilment.Process(s.world()))
		way += "; " + say(memo)
	}
	for _, step := range tasks() {
		r.deliver(ctx, step)
	}
	return ended, way, s.agrees(ctx, memo)
}

// say names the steps of a run with how they ended, and after how many attempts.
func say(m saga.Memo) string {
	var all []string
	for _, o := range m.Steps {
		all = append(all, fmt.Sprintf("%s %s after %d", o.Step, o.Status, o.Attempts))
	}
	return string(m.Status) + ": " + strings.Join(all, ", ")
}

// TestAStateMachineRunsAsThisProcessDoes walks through all faults, and through
// some pairs of them, once in each way.
func TestAStateMachineRunsAsThisProcessDoes(t *testing.T) {
	m := rendered(t)
	var plans []plan
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
	fifth := len(plans) / 5
	plans = append([]plan{{}}, sample(plans, testsize.N{Short: 100, Race: fifth / 5, Gate: fifth, Soak: len(plans)}.Get())...)
	ends := inBubbles(t, plans, func(ctx context.Context, p plan) (saga.Status, error) {
		_, want, err := drive(ctx, nil, p)
		if err != nil {
			return "", err
		}
		ended, got, err := drive(ctx, &m, p)
		if err == nil && got != want {
			err = fmt.Errorf("the machine went %s; this process %s", got, want)
		}
		return ended, err
	})
	t.Logf("%d schedules: %v", len(plans), ends)
	if ends[saga.Succeeded] == 0 || ends[saga.Compensated] == 0 || ends[saga.Stuck] == 0 {
		t.Error("a way was never gone")
	}
}

// TestAnEngineThatDoesNotGetThroughLeavesNothingHalfDone loses every call of a
// step, alone and beside each other fault.
func TestAnEngineThatDoesNotGetThroughLeavesNothingHalfDone(t *testing.T) {
	m := rendered(t)
	plans := []plan{}
	for _, a := range tasks() {
		plans = append(plans, plan{a: neverCalled})
		for _, b := range tasks() {
			for _, f := range append(faults, neverCalled) {
				if a != b {
					plans = append(plans, plan{a: neverCalled, b: f})
				}
			}
		}
	}
	plans = sample(plans, testsize.N{Short: 200, Race: len(plans) / 10, Gate: len(plans), Soak: len(plans)}.Get())
	ends := inBubbles(t, plans, func(ctx context.Context, p plan) (saga.Status, error) {
		ended, way, err := drive(ctx, &m, p)
		for step := range p {
			_, up := after[step] // of the steps up to the pivot
			if len(p) == 1 && (up || step == "NotifyCustomer") && !strings.Contains(way, step+" failed") {
				err = fmt.Errorf("nobody wrote the end of %s: %s", step, way)
			}
		}
		return ended, err
	})
	t.Logf("%d schedules: %v", len(plans), ends)
	if ends[saga.Succeeded] == 0 || ends[saga.Compensated] == 0 || ends[saga.Stuck] == 0 {
		t.Error("a way was never gone")
	}
}
