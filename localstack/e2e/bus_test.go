package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/daybook-es/daybook/internal/eventually"
	"github.com/daybook-es/daybook/internal/ministack"
)

// A listener hears on the bus what happened to one order.
type listener struct {
	bus    *eventbridge.Client
	config aws.Config
	name   string // of the bus
	public string // of the events
	queue  ministack.Queue
	heard  []string // what came and was not asked for yet
}

// listen puts a rule and a queue of its own behind the bus, until the test ends.
func (s *stack) listen(t *testing.T, public, order string) *listener {
	t.Helper()
	l := &listener{bus: eventbridge.NewFromConfig(s.aws), config: s.aws, name: s.outputs["BusName"], public: public}
	rule := fresh("e2e")
	arn := ministack.QueueARN(rule)
	var err error
	l.queue, err = ministack.CreateQueue(t.Context(), s.aws, rule,
		fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sqs:SendMessage","Resource":%q}]}`, arn))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx := context.Background() // the test's own is over
		_, err1 := l.bus.RemoveTargets(ctx, &eventbridge.RemoveTargetsInput{Rule: &rule, EventBusName: &l.name, Ids: []string{"e2e"}})
		_, err2 := l.bus.DeleteRule(ctx, &eventbridge.DeleteRuleInput{Name: &rule, EventBusName: &l.name})
		err3 := l.queue.Delete(ctx)
		if err1 != nil || err2 != nil || err3 != nil {
			t.Error(err1, err2, err3)
		}
	})
	_, err = l.bus.PutRule(t.Context(), &eventbridge.PutRuleInput{
		Name: &rule, EventBusName: &l.name,
		EventPattern: new(fmt.Sprintf(`{"source":["daybook"],"detail-type":[%q],"detail":{"stream":["order/%s"]}}`, public, order)),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = l.bus.PutTargets(t.Context(), &eventbridge.PutTargetsInput{
		Rule: &rule, EventBusName: &l.name, Targets: []types.Target{{Id: new("e2e"), Arn: &arn}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// next waits for an event and returns its detail.
func (l *listener) next(t *testing.T) (detail string) {
	t.Helper()
	eventually.Until(t, "the bus brings an event", func() bool {
		if len(l.heard) == 0 {
			var err error
			if l.heard, err = l.queue.Take(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
		}
		if len(l.heard) == 0 {
			return false
		}
		var event struct{ Detail json.RawMessage }
		if err := json.Unmarshal([]byte(l.heard[0]), &event); err != nil {
			t.Fatal(err)
		}
		detail, l.heard = string(event.Detail), l.heard[1:]
		return true
	})
	return detail
}

// put puts an event on the bus once more.
func (l *listener) put(t *testing.T, detail string) {
	t.Helper()
	put, err := l.bus.PutEvents(t.Context(), &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{
		{EventBusName: &l.name, Source: new("daybook"), DetailType: &l.public, Detail: &detail},
	}})
	if err != nil || put.FailedEntryCount != 0 {
		t.Fatalf("%+v, %v", put, err)
	}
}

// drained waits until a queue has nothing more to hand out, and nothing handed out.
func (l *listener) drained(t *testing.T, queue string) {
	t.Helper()
	eventually.Until(t, queue+" is drained", func() bool {
		empty, err := ministack.QueueAt(l.config, queue).Drained(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return empty
	})
}

// executions counts the executions of the state machine for an order.
func (s *stack) executions(t *testing.T, order string) (n int) {
	t.Helper()
	client := sfn.NewFromConfig(s.aws)
	pages := sfn.NewListExecutionsPaginator(client, &sfn.ListExecutionsInput{StateMachineArn: new(s.outputs["MachineArn"])})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Executions {
			execution, err := client.DescribeExecution(t.Context(), &sfn.DescribeExecutionInput{ExecutionArn: e.ExecutionArn})
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(*execution.Input, order) {
				n++
			}
		}
	}
	return n
}
