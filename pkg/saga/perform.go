package saga

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
)

// An Attempt is what an engine asks for: one try at a step of a run.
type Attempt struct {
	Run
	Step    string
	Entered time.Time // when the step was entered, by the engine's clock
	Number  int       // from 1
	Caught  *Failure  // what the engine caught, when it entered the chain
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
	memo, err := r.memos.State(ctx, a.ID)
	if err != nil {
		return Outcome{}, err
	}
	if was, known := memo.State.Of(n.name); known && (was.Status == StepSucceeded || was.Status == StepRefused && n.before) {
		return was, refusalOf(was)
	}
	if !n.back && memo.State.backward() {
		return Outcome{}, errTurnedBack
	}
	call := Call{Run: a.Run, Saga: r.process.Name, Step: n.name, Entered: a.Entered, Caught: memo.State.Cause}
	if call.Caught == nil {
		call.Caught = a.Caught
	}
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
	if failed := r.record(ctx, call, n, o); failed != nil {
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

// record writes an outcome into the memo.
func (r *Runs) record(ctx context.Context, c Call, n node, o Outcome) error {
	_, status := r.process.after(o)
	_, err := r.memos.Do(ctx, c.ID, c.Request(), Record{Outcome: o, Run: status, Back: n.back})
	return err
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
	refusal, refused := domain.Refused(err)
	switch {
	case err == nil:
		return StepSucceeded, nil
	case refused && n.mayFail:
		return StepFailed, &Failure{Step: n.name, Code: refusal.Code, Detail: refusal.Detail}
	case refused:
		return StepRefused, &Failure{Step: n.name, Code: refusal.Code, Detail: refusal.Detail}
	case KindOf(err) == Transient:
		return StepFailed, &Failure{Step: n.name, Code: "saga.no_answer", Detail: n.name + " got no answer"}
	default:
		return StepFailed, &Failure{Step: n.name, Code: "saga.fault", Detail: n.name + " failed for a reason that is ours and has been recorded"}
	}
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
