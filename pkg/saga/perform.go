package saga

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
)

// An Attempt is what an engine asks for: one try at a step of a run.
type Attempt struct {
	Run
	Step    string
	Entered time.Time // when the step was entered, by the engine's clock
	Number  int       // from 1
	// Caught is set where an error that the engine caught led to this step: to
	// the head of the chain, or to one that may fail and did. Where the memo does
	// not have the end of the step that failed, it is written first.
	Caught Kind
}

// Perform makes one attempt, for whichever engine asks. A step that ended is
// answered from the memo: its success, and a refusal of one that can be taken
// back; all else is tried again. When the attempt ends the step, that is written
// into the memo before Perform returns. An error is of one of the kinds of
// [KindOf]; the context's own end is no end of the step.
func (r *Runs) Perform(ctx context.Context, a Attempt) (Outcome, error) {
	n, ok := r.process.find(a.Step)
	if !ok {
		return Outcome{}, fmt.Errorf("%s has no step %q", r.process.Name, a.Step)
	}
	memo, err := r.Memo(ctx, a.ID)
	if err == nil && a.Caught != "" {
		memo, err = r.settle(ctx, a, memo)
	}
	if err != nil {
		return Outcome{}, err
	}
	if was, known := memo.Of(n.name); known && (was.Status == StepSucceeded || was.Status == StepRefused && n.before || a.Caught != "" && n.mayFail) {
		return was, refusalOf(was)
	}
	if !n.back && memo.Turned {
		return Outcome{}, errTurnedBack
	}
	call := r.call(a, memo)
	o := Outcome{Step: n.name, Attempts: a.Number, StartedAt: a.Entered}
	o.Verdict, err = n.try(ctx, call, r.late(n, a.Entered))
	if ctx.Err() != nil {
		return Outcome{}, ctx.Err()
	}
	if KindOf(err) != Refused && err != nil && a.Number < n.retry.Attempts || o.Verdict == Leave {
		return o, err
	}
	o.EndedAt = now()
	o.Status, o.Error = n.end(err)
	if _, failed := r.record(ctx, call, n, o); failed != nil {
		return Outcome{}, errors.Join(failed, hide(err))
	}
	return o, err
}

// hide keeps an error's text for the log, and lets its kind not decide.
func hide(err error) error {
	if err == nil {
		return nil
	}
	return errors.New(err.Error())
}

func (r *Runs) call(a Attempt, memo Memo) Call {
	return Call{Run: a.Run, Saga: r.process.Name, Step: a.Step, Entered: a.Entered, Caught: memo.Cause}
}

// record writes an outcome into the memo, and returns the memo with it.
func (r *Runs) record(ctx context.Context, c Call, n node, o Outcome) (Memo, error) {
	_, status := r.process.after(o)
	answer, err := r.memos.Do(ctx, c.ID, c.Request(), Record{Outcome: o, Run: status, Back: n.back})
	return answer.State, err
}

// settle writes the end of the step that an engine gave up and that could not
// write it itself: its program was cut off, or could not be run. Up to the pivot
// that is the first step whose end nobody wrote.
func (r *Runs) settle(ctx context.Context, a Attempt, memo Memo) (Memo, error) {
	steps, head := r.process.steps(), r.process.chain()[0].name
	i := slices.IndexFunc(steps, func(n node) bool {
		_, known := memo.Of(n.name)
		return !known && (n.before && a.Step == head || n.mayFail && a.Step == n.name)
	})
	if i < 0 || memo.Turned {
		return memo, nil
	}
	n, started := steps[i], a.Entered
	if last := len(memo.Steps) - 1; last >= 0 {
		started = memo.Steps[last].EndedAt
	}
	return r.record(ctx, r.call(a, memo), n, Outcome{
		Step: n.name, Status: StepFailed, Attempts: n.retry.Attempts,
		StartedAt: started, EndedAt: a.Entered, Error: failure(n.name, a.Caught),
	})
}

// try calls the task, or refuses in its place when it is too late.
func (n node) try(ctx context.Context, c Call, late error) (v Verdict, err error) {
	if late != nil {
		return Proceed, late
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s of %s: panic: %v", c.Step, c.ID, p)
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, n.timeout)
	defer cancel()
	return n.task(ctx, c)
}

var errTurnedBack = domain.Refuse("saga.turned_back", "the run is taking back what it did, and this comes too late")

// late refuses a step whose deadline is over.
func (r *Runs) late(n node, entered time.Time) error {
	if n.deadline == 0 || !now().After(entered.Add(n.deadline)) {
		return nil
	}
	return domain.Refuse(r.process.Name+".deadline", fmt.Sprintf("%s was not done within %v", n.name, n.deadline))
}

// end says how an error ends a step.
func (n node) end(err error) (StepStatus, *Failure) {
	switch {
	case err == nil:
		return StepSucceeded, nil
	case KindOf(err) == Refused && !n.mayFail:
		return StepRefused, FailureOf(n.name, err)
	default:
		return StepFailed, FailureOf(n.name, err)
	}
}

// FailureOf returns what is said of a step's error to people. Of a fault that is
// where it was met, and nothing of its text.
func FailureOf(step string, err error) *Failure {
	if refusal, refused := domain.Refused(err); refused {
		return &Failure{Step: step, Code: refusal.Code, Detail: refusal.Detail}
	}
	return failure(step, KindOf(err))
}

// failure is of a kind that is not a refusal.
func failure(step string, kind Kind) *Failure {
	if kind == Fault {
		return &Failure{Step: step, Code: "saga.fault", Detail: step + " failed for a reason that is ours and has been recorded"}
	}
	return &Failure{Step: step, Code: "saga.no_answer", Detail: step + " got no answer"}
}

// refusalOf returns the refusal that an outcome remembers.
func refusalOf(o Outcome) error {
	if o.Status != StepRefused || o.Error == nil {
		return nil
	}
	return domain.Refuse(o.Error.Code, o.Error.Detail)
}

// now is the engine's clock. Stored times have whole milliseconds.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
