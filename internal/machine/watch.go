package machine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/daybook-es/daybook/internal/queue"
	"github.com/daybook-es/daybook/pkg/saga"
)

// ended is what Step Functions says of an execution that it will not go on with.
// https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
type ended struct {
	Machine string `json:"stateMachineArn"`
	Status  string `json:"status"`
	Input   string `json:"input"`
	Error   string `json:"error"`
	Stopped int64  `json:"stopDate"` // ms since 1970
}

// Watch returns the handler of the queue behind the rule for executions that
// stopped before their end: it writes into the run's memo that it is stuck, and
// says so in the log, once.
func Watch(runs *saga.Runs, machine string, log *slog.Logger) queue.Handler {
	return queue.Each(log, func(ctx context.Context, body []byte) error {
		e, run, err := stopped(body, machine)
		if err != nil {
			return &queue.SenselessError{Err: err}
		}
		if e.Status == "FAILED" && (e.Error == string(saga.Refused) || e.Error == "") { // a run of nothing, unless it has a memo
			if memo, err := runs.Memo(ctx, run.ID); err != nil || memo.Status == "" {
				return err
			}
		}
		news, err := runs.Stop(ctx, run, time.UnixMilli(e.Stopped).UTC())
		if err == nil && news {
			log.ErrorContext(ctx, RunStuck, "run", run.ID, "correlation", run.Correlation, "status", e.Status, "error", e.Error)
		}
		return err
	})
}

func stopped(body []byte, machine string) (e ended, run saga.Run, err error) {
	var envelope events.EventBridgeEvent
	if err := json.Unmarshal(body, &envelope); err != nil {
		return e, run, err
	}
	if envelope.Source != "aws.states" || envelope.DetailType != "Step Functions Execution Status Change" {
		return e, run, fmt.Errorf("it is %q of %q, and tells of no execution", envelope.DetailType, envelope.Source)
	}
	if err := json.Unmarshal(envelope.Detail, &e); err != nil {
		return e, run, fmt.Errorf("its detail: %w", err)
	}
	switch {
	case e.Machine != machine:
		return e, run, fmt.Errorf("it is of state machine %q, and not of %s", e.Machine, machine)
	case !slices.Contains([]string{"FAILED", "TIMED_OUT", "ABORTED"}, e.Status):
		return e, run, fmt.Errorf("status %q is none in which an execution stopped before its end", e.Status)
	case e.Stopped <= 0:
		return e, run, errors.New("it does not say when the execution stopped")
	}
	run, err = readRun([]byte(e.Input))
	return e, run, err
}
