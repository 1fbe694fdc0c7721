package machine_test

import (
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/daybook-es/daybook/internal/testsize"
	"github.com/daybook-es/daybook/pkg/saga"
)

// retry replaces what of a state says how everything but a refusal is tried
// again.
func (s states) retry(state string, with map[string]any) {
	maps.Copy(s[state]["Retry"].([]any)[1].(map[string]any), with)
}

// dead gives a state to a function that ends before it serves.
func dead(state string, attempts int) func(*engine, states) {
	return func(e *engine, s states) {
		s[state]["Resource"] = e.fails
		s.retry(state, map[string]any{"MaxAttempts": attempts})
	}
}

// TestWhatAFunctionCouldNotWriteIsWritten runs orders by machines that are
// changed so that a step is lost: its function ends, or is given up.
func TestWhatAFunctionCouldNotWriteIsWritten(t *testing.T) {
	t.Parallel() // it waits for what is silent
	const cancelled = ", BeginCancel succeeded, CancelShipment succeeded, RefundPayment succeeded, ReleaseStock succeeded, CancelOrder succeeded"
	ofMiniStack, ofMoto := engines(t)
	on := []*engine{ofMiniStack, ofMoto}[:testsize.N{Gate: 1, Soak: 2}.Get()]
	var wg sync.WaitGroup
	for name, c := range map[string]struct {
		tale   tale
		change func(*engine, states)
		want   string
	}{
		"the first step's function ends": {
			tale{},
			dead("ValidateOrder", 1),
			"order cancelled (ValidateOrder got no answer), 10 pieces left and 0 held, payment  {Amount:0 Currency:} {Amount:0 Currency:}, shipment ; " +
				"run compensated: ValidateOrder failed saga.no_answer" + cancelled,
		},
		"a step's function ends": {
			tale{},
			dead("ArrangeShipment", 0),
			"order cancelled (ArrangeShipment got no answer), 10 pieces left and 0 held, payment refunded {Amount:5998 Currency:USD} {Amount:5998 Currency:USD}, shipment ; " +
				"run compensated: ValidateOrder succeeded, ReserveStock succeeded, TakePayment succeeded, ConfirmOrder succeeded, ArrangeShipment failed saga.no_answer" + cancelled,
		},
		"a step takes longer than its state": {
			tale{method: "tok_timeout_after_charge"},
			func(_ *engine, s states) {
				s["TakePayment"]["TimeoutSeconds"] = 1
				s.retry("TakePayment", map[string]any{"MaxAttempts": 0})
			},
			"order cancelled (TakePayment got no answer), 10 pieces left and 0 held, payment refunded {Amount:5998 Currency:USD} {Amount:5998 Currency:USD}, shipment ; " +
				"run compensated: ValidateOrder succeeded, ReserveStock succeeded, TakePayment failed saga.no_answer" + cancelled,
		},
		"the function of what may fail ends": {
			tale{},
			dead("NotifyCustomer", 1),
			"order shipped (), 8 pieces left and 0 held, payment captured {Amount:5998 Currency:USD} {Amount:0 Currency:}, shipment dispatched; " +
				"run succeeded: ValidateOrder succeeded, ReserveStock succeeded, TakePayment succeeded, ConfirmOrder succeeded, ArrangeShipment succeeded, ShipOrder succeeded, HandOver succeeded, NotifyCustomer failed saga.no_answer",
		},
	} {
		for _, e := range on {
			wg.Go(func() {
				arn, err := e.create(t.Context(), c.change)
				if err != nil {
					t.Error(err)
					return
				}
				got, err := again(c.want, func() (string, error) { return e.tell(t, arn, strings.ReplaceAll(name, " ", "-"), c.tale) })
				if err != nil || got != c.want {
					t.Errorf("%s, in %s:\ngot  %s, %v\nwant %s", name, e.name, got, err, c.want)
				}
			})
		}
	}
	wg.Wait()
}

// TestARunOfNothingEndsAsRefused and leaves no memo; that it stopped is no news.
func TestARunOfNothingEndsAsRefused(t *testing.T) {
	t.Parallel()
	ofMiniStack, ofMoto := engines(t)
	var wg sync.WaitGroup
	for _, e := range []*engine{ofMiniStack, ofMoto} {
		for name, input := range map[string]string{
			"an order that nobody placed": `{"id":"nobodys","correlation":"call-1"}`,
			"no order":                    `{}`,
			"an order and more":           `{"id":"nobodys","more":1}`,
			"no object":                   `[]`,
			"what is no id":               `{"id":"a/b"}`,
		} {
			wg.Go(func() {
				execution, err := e.begin(t.Context(), e.arn, input)
				if err != nil {
					t.Error(err)
					return
				}
				out, err := e.ended(t, execution)
				if err != nil || out.Status != sfntypes.ExecutionStatusFailed || aws.ToString(out.Error) != string(saga.Refused) {
					t.Errorf("%s, in %s: got %+v, %v, want that it failed as %s", name, e.name, out, err, saga.Refused)
				}
			})
		}
	}
	wg.Wait()
	for _, e := range []*engine{ofMiniStack, ofMoto} {
		if memo, err := e.runs.Memo(t.Context(), "nobodys"); err != nil || memo.Status != "" {
			t.Errorf("%s: got memo %+v, %v, want none", e.name, memo, err)
		}
	}
}

// TestPausesHaveACap where an engine knows of it: moto's. Without the cap the
// second pause takes eleven days. That the definition has the cap that the saga
// declares is a test's of package fulfilment.
func TestPausesHaveACap(t *testing.T) {
	t.Parallel()
	_, e := engines(t)
	arn, err := e.create(t.Context(), func(e *engine, s states) {
		dead("ReserveStock", 2)(e, s)
		s.retry("ReserveStock", map[string]any{"BackoffRate": 1_000_000, "MaxDelaySeconds": 2, "JitterStrategy": "NONE"})
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.tell(t, arn, "capped", tale{}); err != nil {
		t.Error(err)
	}
	if longest := e.longestPause(t, arn); longest < 2*time.Second {
		t.Errorf("got a longest pause of %v, want 2 s or more", longest)
	}
}

// TestAMachineWithAStateOfNoTypeIsRefused by the engine that looks at it: moto's.
func TestAMachineWithAStateOfNoTypeIsRefused(t *testing.T) {
	t.Parallel()
	_, e := engines(t)
	if _, err := e.create(t.Context(), func(_ *engine, s states) { s["HandOver"]["Type"] = "Errand" }); err == nil {
		t.Error("got no error for a state of type Errand")
	}
}

// longestPause returns the longest time between a failure and what came next in
// the one execution of a machine.
func (e *engine) longestPause(t *testing.T, arn string) (longest time.Duration) {
	t.Helper()
	executions, err := e.client.ListExecutions(t.Context(), &sfn.ListExecutionsInput{StateMachineArn: &arn})
	if err != nil || len(executions.Executions) != 1 {
		t.Fatalf("%+v, %v", executions, err)
	}
	history, err := e.client.GetExecutionHistory(t.Context(), &sfn.GetExecutionHistoryInput{ExecutionArn: executions.Executions[0].ExecutionArn, MaxResults: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for i, event := range history.Events[1:] {
		if failed := history.Events[i]; failed.Type == sfntypes.HistoryEventTypeLambdaFunctionFailed {
			longest = max(longest, event.Timestamp.Sub(*failed.Timestamp))
		}
	}
	return longest
}
