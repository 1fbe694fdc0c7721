package machine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/lambda/messages"

	"github.com/daybook-es/daybook/pkg/saga"
)

// An attempt is what a state of the machine asks for; see [saga.Process.ASL].
type attempt struct {
	Run     json.RawMessage `json:"run"` // the execution's input, which anybody may have written
	Step    string          `json:"step"`
	Entered time.Time       `json:"entered"`
	Retries int             `json:"retries"`
	Caught  saga.Kind       `json:"caught"`
}

// An Answer is what a state gets that succeeded.
type Answer struct {
	Verdict saga.Verdict `json:"verdict"`
}

// Task returns the handler that makes the attempts of a process. Its errors have
// the names by which the state machine goes, and hold nothing of a fault's text,
// which is in the log, once. An input without a run that could be is nothing to
// run: tried again, it would be said a thousand times.
func Task(runs *saga.Runs, log *slog.Logger) func(context.Context, json.RawMessage) (Answer, error) {
	return func(ctx context.Context, input json.RawMessage) (Answer, error) {
		a, run, kind, err := readAttempt(input)
		if err != nil {
			log.ErrorContext(ctx, SenselessAttempt, "step", a.Step, "err", err)
			return Answer{}, crossing(kind, &saga.Failure{Step: a.Step, Code: "saga.senseless", Detail: err.Error()})
		}
		entered := a.Entered.UTC().Truncate(time.Millisecond)
		o, err := runs.Perform(ctx, saga.Attempt{Run: run, Step: a.Step, Entered: entered, Number: a.Retries + 1, Caught: a.Caught})
		if err != nil {
			kind := saga.KindOf(err)
			level := map[saga.Kind]slog.Level{saga.Fault: slog.LevelError, saga.Transient: slog.LevelWarn}[kind]
			log.Log(ctx, level, "attempt failed", "run", run.ID, "step", a.Step, "attempt", a.Retries+1, "kind", kind, "correlation", run.Correlation, "err", err)
		}
		kind = runs.Crosses(o, err)
		switch {
		case kind == "":
			return Answer{Verdict: o.Verdict}, nil
		case err == nil:
			return Answer{}, crossing(kind, &saga.Failure{Step: a.Step, Code: "saga.verdict", Detail: string(o.Verdict)})
		}
		return Answer{}, crossing(kind, saga.FailureOf(a.Step, err))
	}
}

// readAttempt reads what a state asks for; the kind is that of the error.
func readAttempt(input []byte) (a attempt, run saga.Run, kind saga.Kind, err error) {
	kind, err = saga.Fault, strict(input, &a)
	switch {
	case err != nil:
	case a.Step == "":
		err = errors.New("it names no step")
	case a.Entered.IsZero():
		err = errors.New("it does not say when the step was entered")
	case a.Retries < 0:
		err = fmt.Errorf("%d retries", a.Retries)
	default:
		kind = saga.Left
		run, err = readRun(a.Run)
	}
	return a, run, kind, err
}

// crossing returns the error that crosses into the state machine: its name is
// the kind's, and its cause the failure's.
func crossing(kind saga.Kind, f *saga.Failure) error {
	text, err := json.Marshal(f)
	if err != nil {
		panic(fmt.Sprintf("machine: a failure has no JSON: %v", err)) // it has texts alone
	}
	return messages.InvokeResponse_Error{Type: string(kind), Message: string(text)}
}
