package machine_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"

	functions "github.com/daybook-es/daybook/functions/saga"
	"github.com/daybook-es/daybook/internal/cloud"
	"github.com/daybook-es/daybook/internal/machine"
	"github.com/daybook-es/daybook/internal/ministack"
	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/fulfilment/sandbox"
	"github.com/daybook-es/daybook/pkg/saga"
)

const role = "arn:aws:iam::" + ministack.Account + ":role/test"

// An engine runs state machines whose task is the real function, over tables in
// MiniStack. Each has a tenant of its own.
type engine struct {
	name   string
	client *sfn.Client
	world  *fulfilment.World
	runs   *saga.Runs
	works  string // ARN of the function
	fails  string // of one that ends before it serves
}

// engines returns that of MiniStack and that of moto.
func engines(t *testing.T) []*engine {
	t.Helper()
	emulated := ministack.Config(ministack.Endpoint(t))
	clients := map[string]*sfn.Client{"ministack": sfn.NewFromConfig(emulated), "moto": sfn.NewFromConfig(ministack.Config(ministack.Moto(t)))}

	db, suffix := dynamodb.NewFromConfig(emulated), "-"+rand.Text()[:8]
	for _, plain := range []string{dynamostore.EventsTable, dynamostore.SandboxTable} {
		if err := dynamostore.Create(t.Context(), db, plain, plain+suffix); err != nil {
			t.Fatal(err)
		}
	}
	code, lambdas := bootstrap(t), lambda.NewFromConfig(emulated)
	deploy := func(name string, env map[string]string) string {
		out, err := lambdas.CreateFunction(t.Context(), &lambda.CreateFunctionInput{
			FunctionName: new(name + suffix), Role: new(role), Runtime: lambdatypes.RuntimeProvidedal2023, Handler: new("bootstrap"), Timeout: new(int32(20)),
			Code: &lambdatypes.FunctionCode{ZipFile: code}, Environment: &lambdatypes.Environment{Variables: env},
		})
		if err != nil {
			t.Fatal(err)
		}
		return *out.FunctionArn
	}
	fails := deploy("fails", map[string]string{cloud.SandboxTable: "none"}) // and no table of events
	var all []*engine
	for name, client := range clients {
		store, ledgers := dynamostore.New(db, dynamostore.EventsTable+suffix), dynamostore.NewLedgers(db, dynamostore.SandboxTable+suffix)
		world := fulfilment.NewWorld(store, name,
			sandbox.Gateway(ledgers.Ledger("gateway")), sandbox.Carrier(ledgers.Ledger("carrier")), sandbox.Notifier(ledgers.Ledger("notifier")))
		all = append(all, &engine{
			name: name, client: client, world: world, fails: fails,
			runs: saga.New(fulfilment.Process(world), store, name, quiet),
			works: deploy(name, map[string]string{
				cloud.EventsTable: dynamostore.EventsTable + suffix, cloud.SandboxTable: dynamostore.SandboxTable + suffix, cloud.Tenant: name,
			}),
		})
	}
	return all
}

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// bootstrap builds the function as `make build` does, and zips it.
func bootstrap(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bootstrap")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-tags", "lambda.norpc", "-o", path, "github.com/daybook-es/daybook/functions/saga/task")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+runtime.GOARCH)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	binary, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	header := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate}
	header.SetMode(0o755)
	w, err := z.CreateHeader(header)
	if err == nil {
		_, err = w.Write(binary)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// states are those of the state machine, as JSON has them.
type states map[string]map[string]any

// create makes the state machine as it is, or changed, and returns its ARN.
func (e *engine) create(ctx context.Context, name string, change func(*engine, states)) (string, error) {
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
	out, err := e.client.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
		Name: new(name + "-" + rand.Text()[:8]), RoleArn: new(role), Definition: &text, Type: sfntypes.StateMachineTypeStandard,
	})
	if err != nil {
		return "", err
	}
	return *out.StateMachineArn, nil
}

// A started execution is caught on its way.
type started struct {
	*sfn.Client
	arn string
}

// StartExecution implements [machine.Executions].
func (s *started) StartExecution(ctx context.Context, in *sfn.StartExecutionInput, options ...func(*sfn.Options)) (*sfn.StartExecutionOutput, error) {
	out, err := s.Client.StartExecution(ctx, in, options...)
	if err == nil {
		s.arn = *out.ExecutionArn
	}
	return out, err
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
func (e *engine) ended(ctx context.Context, execution string) (*sfn.DescribeExecutionOutput, error) {
	for {
		out, err := e.client.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &execution})
		if err != nil || out.Status != sfntypes.ExecutionStatusRunning {
			return out, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// begin starts an execution past the queue.
func (e *engine) begin(ctx context.Context, arn, id string) (string, error) {
	input, err := json.Marshal(saga.Run{ID: id, Correlation: "call-1"})
	if err != nil {
		return "", err
	}
	return e.beginWith(ctx, arn, string(input))
}

func (e *engine) beginWith(ctx context.Context, arn, input string) (string, error) {
	out, err := e.client.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &arn, Name: new(rand.Text()), Input: &input})
	if err != nil {
		return "", err
	}
	return *out.ExecutionArn, nil
}
