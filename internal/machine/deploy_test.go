package machine_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"

	functions "github.com/daybook-es/daybook/functions/saga"
	"github.com/daybook-es/daybook/internal/bootstrap"
	"github.com/daybook-es/daybook/internal/cloud"
	"github.com/daybook-es/daybook/internal/eventually"
	"github.com/daybook-es/daybook/internal/machine"
	"github.com/daybook-es/daybook/internal/ministack"
	"github.com/daybook-es/daybook/internal/testsize"
	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/fulfilment/sandbox"
	"github.com/daybook-es/daybook/pkg/saga"
)

const role = "arn:aws:iam::" + ministack.Account + ":role/test"

// An engine runs state machines whose task is the real function, over tables in
// MiniStack. It has a tenant of its own.
type engine struct {
	name   string
	config aws.Config
	client *sfn.Client
	world  *fulfilment.World
	runs   *saga.Runs
	works  string // ARN of the function
	fails  string // of one that ends before it serves
	arn    string // of the state machine as it is
}

// The tests share the engines, so each order has an id of its own.
var shared struct {
	sync.Once
	ministack, moto *engine
}

// engines returns that of MiniStack and that of moto. Where there is no size for
// this run, it skips the test.
func engines(t *testing.T) (ofMiniStack, ofMoto *engine) {
	t.Helper()
	if (testsize.N{Short: 0, Race: 0, Gate: 1, Soak: 1}).Get() == 0 {
		t.Skip("no engine runs with -short or under the race detector")
	}
	emulated, second := ministack.Config(ministack.Endpoint(t)), ministack.Config(ministack.Moto(t))
	shared.Do(func() { shared.ministack, shared.moto = deploy(t, emulated, second) })
	if shared.moto == nil {
		t.Fatal("the engines could not be deployed; an earlier test says why")
	}
	return shared.ministack, shared.moto
}

func deploy(t *testing.T, emulated, second aws.Config) (ofMiniStack, ofMoto *engine) {
	t.Helper()
	db, suffix := dynamodb.NewFromConfig(emulated), "-"+rand.Text()[:8]
	events, ledger := dynamostore.EventsTable+suffix, dynamostore.SandboxTable+suffix
	for plain, name := range map[string]string{dynamostore.EventsTable: events, dynamostore.SandboxTable: ledger} {
		if err := ministack.Create(emulated, func(once aws.Config) error {
			return dynamostore.Create(t.Context(), dynamodb.NewFromConfig(once), plain, name)
		}); err != nil {
			t.Fatal(err)
		}
	}
	code := bootstrap.Zip(t, bootstrap.Of(t, "saga-task"))
	function := func(name string, env map[string]string) string {
		name += suffix
		if err := ministack.Create(emulated, func(once aws.Config) error {
			_, err := ministack.Lambda(t.Context(), once, http.MethodPost, "", map[string]any{
				"FunctionName": name, "Role": role, "Runtime": "provided.al2023", "Handler": "bootstrap", "Timeout": 20,
				"Code": map[string]any{"ZipFile": code}, "Environment": map[string]any{"Variables": env},
			}, nil)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return "arn:aws:lambda:" + ministack.Region + ":" + ministack.Account + ":function:" + name
	}
	fails := function("fails", map[string]string{cloud.SandboxTable: "none"}) // and no table of events
	engineOf := func(name string, c aws.Config) *engine {
		store, ledgers := dynamostore.New(db, events), dynamostore.NewLedgers(db, ledger)
		world := fulfilment.NewWorld(store, name,
			sandbox.Gateway(ledgers.Ledger("gateway")), sandbox.Carrier(ledgers.Ledger("carrier")), sandbox.Notifier(ledgers.Ledger("notifier")))
		e := &engine{
			name: name, config: c, client: sfn.NewFromConfig(c), world: world, fails: fails,
			runs:  saga.New(fulfilment.Process(world), store, name, quiet),
			works: function(name, map[string]string{cloud.EventsTable: events, cloud.SandboxTable: ledger, cloud.Tenant: name}),
		}
		var err error
		if e.arn, err = e.create(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		return e
	}
	return engineOf("ministack", emulated), engineOf("moto", second)
}

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// states are those of the state machine, as JSON has them.
type states map[string]map[string]any

// create makes the state machine as it is, or changed, and returns its ARN.
func (e *engine) create(ctx context.Context, change func(*engine, states)) (string, error) {
	text := strings.ReplaceAll(string(functions.Fulfilment), saga.TaskFunction, e.works)
	if change != nil {
		var definition struct {
			StartAt string
			States  states
		}
		if err := json.Unmarshal([]byte(text), &definition); err != nil {
			return "", err
		}
		change(e, definition.States)
		changed, err := json.Marshal(definition)
		if err != nil {
			return "", err
		}
		text = string(changed)
	}
	name := "fulfilment-" + rand.Text()[:8]
	return "arn:aws:states:" + ministack.Region + ":" + ministack.Account + ":stateMachine:" + name, ministack.Create(e.config, func(once aws.Config) error {
		_, err := sfn.NewFromConfig(once).CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
			Name: &name, RoleArn: new(role), Definition: &text, Type: sfntypes.StateMachineTypeStandard,
		})
		return err
	})
}

// A started execution is caught on its way.
type started struct {
	*sfn.Client
	arn string
}

// StartExecution implements [machine.Executions].
func (s *started) StartExecution(ctx context.Context, in *sfn.StartExecutionInput, options ...func(*sfn.Options)) (*sfn.StartExecutionOutput, error) {
	s.arn = executionARN(in)
	return s.Client.StartExecution(ctx, in, options...)
}

// executionARN is known before the reply, which may be lost.
func executionARN(in *sfn.StartExecutionInput) string {
	return strings.Replace(*in.StateMachineArn, ":stateMachine:", ":execution:", 1) + ":" + *in.Name
}

// start hands the function behind the queue the event of an order, so often, and
// returns the one execution that there is then.
func (e *engine) start(ctx context.Context, arn, id string, times int) (string, error) {
	s := &started{Client: e.client}
	take := machine.Starter{Executions: s, Machine: arn, Tenant: e.name, Runs: e.runs, Log: slog.Default()}.Queue()
	var batch events.SQSEvent
	for range times {
		batch.Records = append(batch.Records, events.SQSMessage{MessageId: rand.Text(), Body: submitted(e.name, id)})
	}
	answer, err := take(ctx, batch)
	if err == nil && len(answer.BatchItemFailures) > 0 {
		err = errNotStarted
	}
	return s.arn, err
}

// ended waits for the end of an execution.
func (e *engine) ended(t *testing.T, execution string) (out *sfn.DescribeExecutionOutput, err error) {
	t.Helper()
	eventually.Until(t, "execution "+execution+" ends", func() bool {
		out, err = e.client.DescribeExecution(t.Context(), &sfn.DescribeExecutionInput{ExecutionArn: &execution})
		return err != nil || out.Status != sfntypes.ExecutionStatusRunning
	})
	return out, err
}

// begin starts an execution past the queue.
func (e *engine) begin(ctx context.Context, arn, input string) (string, error) {
	in := &sfn.StartExecutionInput{StateMachineArn: &arn, Name: new(rand.Text()), Input: &input}
	_, err := e.client.StartExecution(ctx, in)
	if _, begun := errors.AsType[*sfntypes.ExecutionAlreadyExists](err); begun {
		err = nil // the reply was lost
	}
	return executionARN(in), err
}
