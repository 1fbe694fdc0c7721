package machine_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/daybook-es/daybook/internal/machine"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/fulfilment/sandbox"
	"github.com/daybook-es/daybook/pkg/readmodel/fulfilments"
	"github.com/daybook-es/daybook/pkg/saga"
)

// A world is what the functions act on, in memory, with a Step Functions that
// answers as it is told to.
type world struct {
	*fulfilment.World
	store   *memstore.Store
	runs    *saga.Runs
	log     bytes.Buffer
	started []map[string]string // what executions were asked for
	answer  func(n int) (status int, body string)
	slow    time.Duration // that it takes to answer
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{store: new(memstore.Store)}
	w.World = fulfilment.NewWorld(w.store, "main", sandbox.Gateway(new(sandbox.Memory)), sandbox.Carrier(new(sandbox.Memory)), sandbox.Notifier(new(sandbox.Memory)))
	w.runs = saga.New(fulfilment.Process(w.World), w.store, "main", w.logger())
	w.answer = func(int) (int, string) {
		return http.StatusOK, `{"executionArn":"arn:aws:states:eu-central-1:1:execution:fulfilment:1","startDate":1795521600}`
	}
	return w
}

func (w *world) logger() *slog.Logger { return slog.New(slog.NewJSONHandler(&w.log, nil)) }

// logged returns the messages in the log that are of a level.
func (w *world) logged(t *testing.T, level slog.Level) (messages []string) {
	t.Helper()
	for d := json.NewDecoder(bytes.NewReader(w.log.Bytes())); ; {
		var line struct{ Level, Msg string }
		err := d.Decode(&line)
		if errors.Is(err, io.EOF) {
			return messages
		}
		if err != nil {
			t.Fatal(err)
		}
		if line.Level == level.String() {
			messages = append(messages, line.Msg)
		}
	}
}

// RoundTrip implements [http.RoundTripper]: it is Step Functions.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	var asked map[string]string
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		return nil, err
	}
	w.started = append(w.started, asked)
	select {
	case <-r.Context().Done():
		return nil, r.Context().Err()
	case <-time.After(w.slow):
	}
	status, body := w.answer(len(w.started))
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		Body: io.NopCloser(strings.NewReader(body)), Request: r,
	}, nil
}

const arn = "arn:aws:states:eu-central-1:1:stateMachine:fulfilment"

func (w *world) starter() machine.Starter {
	client := sfn.New(sfn.Options{
		Region: "eu-central-1", Credentials: credentials.NewStaticCredentialsProvider("id", "secret", ""),
		HTTPClient: &http.Client{Transport: w}, Retryer: aws.NopRetryer{},
	})
	return machine.Starter{Executions: client, Machine: arn, Tenant: "main", Runs: w.runs, Log: w.logger()}
}

// view folds all that is stored into the view of fulfilments.
func (w *world) view(t *testing.T) *boltstore.Views {
	t.Helper()
	rows := boltstore.NewViews()
	view := fulfilments.New(rows, w.store)
	for c, err := range w.store.Scan(t.Context(), 0, 1) {
		if err == nil {
			err = view.Apply(t.Context(), c)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return rows
}

// begin runs an order's first step.
func (w *world) begin(t *testing.T, id string) {
	t.Helper()
	_, err := w.runs.Perform(t.Context(), saga.Attempt{Run: saga.Run{ID: id}, Step: "ValidateOrder", Entered: now(), Number: 1})
	if err != nil {
		t.Fatal(err)
	}
}

func batch(bodies ...string) (e events.SQSEvent) {
	for i, body := range bodies {
		e.Records = append(e.Records, events.SQSMessage{MessageId: string(rune('a' + i)), Body: body})
	}
	return e
}

// failed names the messages that a handler did not take.
func failed(t *testing.T, handle func(context.Context, events.SQSEvent) (events.SQSEventResponse, error), bodies ...string) (ids string) {
	t.Helper()
	answer, err := handle(t.Context(), batch(bodies...))
	if err != nil || answer.BatchItemFailures == nil {
		t.Fatalf("got %+v, %v", answer, err)
	}
	for _, f := range answer.BatchItemFailures {
		ids += f.ItemIdentifier
	}
	return ids
}
