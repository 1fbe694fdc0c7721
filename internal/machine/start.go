package machine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/daybook-es/daybook/internal/queue"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/publish"
	"github.com/daybook-es/daybook/pkg/saga"
)

// Executions is what is called of an [sfn.Client].
type Executions interface {
	StartExecution(context.Context, *sfn.StartExecutionInput, ...func(*sfn.Options)) (*sfn.StartExecutionOutput, error)
}

// A Starter starts runs of a tenant's orders.
type Starter struct {
	Executions Executions
	Machine    string // ARN
	Tenant     string
	Runs       *saga.Runs
	Log        *slog.Logger
}

// Queue returns the handler of the queue behind the rule for submitted orders.
// It answers with the messages that are not done, and logs once for each why.
func (s Starter) Queue() queue.Handler {
	return queue.Each(s.Log, func(ctx context.Context, body []byte) error {
		run, err := s.submitted(body)
		if err != nil {
			return &queue.SenselessError{Err: err}
		}
		return s.start(ctx, run)
	})
}

// submitted reads an event of the bus.
func (s Starter) submitted(body []byte) (run saga.Run, err error) {
	e, err := queue.Read(body, publish.SubmittedName)
	if err != nil {
		return run, err
	}
	var submitted publish.OrderSubmitted
	if err := json.Unmarshal(e.Data, &submitted); err != nil {
		return run, fmt.Errorf("its data: %w", err)
	}
	run = saga.Run{ID: string(submitted.OrderID), Correlation: e.Correlation}
	if e.Type != publish.SubmittedName || e.Tenant != s.Tenant || e.Stream != order.Category+"/"+run.ID {
		return run, fmt.Errorf("its detail is %q of order %q, in stream %q of tenant %q", e.Type, run.ID, e.Stream, e.Tenant)
	}
	return run, named(run)
}

// start starts a run that has not begun. Of one name there is one execution, and
// where it is there already, be it closed, all is well.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
func (s Starter) start(ctx context.Context, run saga.Run) error {
	memo, err := s.Runs.Memo(ctx, run.ID)
	if err != nil || memo.Status != "" {
		return err
	}
	input, err := json.Marshal(run)
	if err != nil {
		return fmt.Errorf("run %s: %w", run.ID, err)
	}
	_, err = s.Executions.StartExecution(ctx, &sfn.StartExecutionInput{
		StateMachineArn: &s.Machine, Name: new(executionOf(s.Tenant, run.ID)), Input: new(string(input)),
	})
	if _, there := errors.AsType[*types.ExecutionAlreadyExists](err); err != nil && !there {
		return fmt.Errorf("start run %s: %w", run.ID, err)
	}
	return nil
}

// executionOf names the execution of an order's run: an id may have characters
// that no name has.
func executionOf(tenant, id string) string {
	sum := sha256.Sum256([]byte(tenant + "/" + id))
	return hex.EncodeToString(sum[:])
}
