package park_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/daybook-es/daybook/internal/park"
	"github.com/daybook-es/daybook/internal/stream"
	"github.com/daybook-es/daybook/pkg/eventbridgebus"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/publish"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

const (
	table         = "shop-events"
	projectorName = "shop-ProjectorFunction-1ABC"
	publisherName = "shop-PublisherFunction-2DEF"
)

// A deployment is projector, publisher and park, with what stands around them.
type deployment struct {
	projector, publisher stream.Handler
	park                 lambda.Handler
	bus                  *bus
	bucket               *bucket
	taken                int      // objects that park has been told of
	dead                 []string // bodies of messages that park has failed for good
	log                  *log
}

// deploy returns the deployment over an event store and rows.
func deploy(table string, store eventstore.Store, rows readmodel.Store) *deployment {
	d := &deployment{bus: new(bus), bucket: newBucket(), log: new(log)}
	logger := slog.New(slog.NewJSONHandler(d.log, nil))
	publisher := publish.New(eventbridgebus.New(d.bus.client(), "shop", logger), logger, publish.Sources()...)
	d.projector = stream.NewProjector(table, rows, store, logger)
	d.publisher = stream.NewPublisher(table, publisher, logger)
	d.park = lambda.NewHandler(park.New(park.Config{
		Objects: d.bucket.client(), Table: table, Projector: projectorName, Publisher: publisherName,
		Store: store, Holes: stream.NewHoles(rows, store, logger), Publish: publisher, Log: logger,
	}))
	return d
}

// drain lets park take the messages of all objects that are new, each of them as
// often as the queue allows.
func (d *deployment) drain(ctx context.Context) error {
	for ; d.taken < len(d.bucket.keys); d.taken++ {
		if err := d.receive(ctx, created(d.bucket.keys[d.taken])); err != nil {
			return err
		}
	}
	return nil
}

// redrive sends what lies in the dead-letter queue again.
func (d *deployment) redrive(ctx context.Context) error {
	dead := d.dead
	d.dead = nil
	for _, body := range dead {
		if err := d.receive(ctx, body); err != nil {
			return err
		}
	}
	return nil
}

const maxReceives = 5

func (d *deployment) receive(ctx context.Context, body string) error {
	payload, err := json.Marshal(events.SQSEvent{Records: []events.SQSMessage{{MessageId: "m-1", Body: body}}})
	if err != nil {
		return err
	}
	for range maxReceives {
		answer, err := d.park.Invoke(ctx, payload)
		if err != nil {
			return err
		}
		if string(answer) == `{"batchItemFailures":[]}` {
			return nil
		}
		if string(answer) != `{"batchItemFailures":[{"itemIdentifier":"m-1"}]}` {
			return fmt.Errorf("park answers %s", answer)
		}
	}
	d.dead = append(d.dead, body)
	return nil
}

// created is what EventBridge tells of an object.
func created(key string) string {
	text, err := json.Marshal(map[string]any{
		"version": "0", "id": "17793124-05d4-b198-2fde-7ededc63b103", "detail-type": "Object Created", "source": "aws.s3",
		"account": "123456789012", "time": "2026-11-24T12:00:01Z", "region": "us-east-1", "resources": []string{"arn:aws:s3:::" + bucketName},
		"detail": map[string]any{
			"version": "0", "bucket": map[string]any{"name": bucketName},
			"object":     map[string]any{"key": key, "size": 5, "etag": "b1946ac92492d2347c6235b4d2611184", "sequencer": "00617F08299329D189"},
			"request-id": "N4N7GDK58NMKJ12R", "requester": "123456789012", "source-ip-address": "1.2.3.4", "reason": "PutObject",
		},
	})
	if err != nil {
		panic(err) // of strings and numbers
	}
	return string(text)
}

// A log keeps lines of JSON.
type log struct {
	mu    sync.Mutex
	lines [][]byte
}

func (l *log) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, bytes.Clone(line))
	return len(line), nil
}

// said returns the lines of a name.
func (l *log) said(name string) (all []map[string]any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, text := range l.lines {
		var line map[string]any
		if err := json.Unmarshal(text, &line); err != nil {
			panic(err)
		}
		if line["msg"] == name {
			all = append(all, line)
		}
	}
	return all
}

// crashing is a function that ends in the middle of some invocations: before it
// does anything, or after it has done everything and before it answers.
type crashing struct {
	lambda.Handler
	before, after map[int]bool // by the number of the invocation
	n             int
}

var errCrashed = errors.New("the runtime exited without providing a reason")

func (c *crashing) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	n := c.n
	c.n++
	if c.before[n] {
		return nil, errCrashed
	}
	answer, err := c.Handler.Invoke(ctx, payload)
	if c.after[n] {
		return nil, errCrashed
	}
	return answer, err
}

// flaky rows fail some operations: they are not done, or done and nobody hears
// of it.
type flaky struct {
	readmodel.Store
	refused, lost map[int64]bool // by the number of the operation
	n             atomic.Int64
}

func (f *flaky) Get(ctx context.Context, key readmodel.Key) (readmodel.Row, error) {
	if n := f.n.Add(1); f.refused[n] || f.lost[n] {
		return readmodel.Row{}, eventstore.ErrUnavailable
	}
	return f.Store.Get(ctx, key)
}

func (f *flaky) Put(ctx context.Context, row readmodel.Row) error {
	n := f.n.Add(1)
	if f.refused[n] {
		return eventstore.ErrUnavailable
	}
	err := f.Store.Put(ctx, row)
	if f.lost[n] {
		return eventstore.ErrUnavailable
	}
	return err
}
