// Package park makes good what Lambda has given up: the batches of the table's
// stream that projector or publisher failed again and again. Lambda writes each
// as an object to the failure destination; EventBridge tells of the object, in a
// queue.
//
// The streams of a projector's batch are read from the store to their heads, so
// that each hole in the views is filled or is a mark; the events of a
// publisher's are published again. A message that fails comes again, and in the
// end lies in the dead-letter queue. The same object may be taken any number of
// times.
package park

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/daybook-es/daybook/internal/stream"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/publish"
)

// Senseless names the line in the log about a message, or an object that it
// tells of, of which nothing can be made. Alarms look for it.
const Senseless = "object makes no sense"

// Objects is what is called of an [s3.Client].
type Objects interface {
	GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error)
}

// Config says what is parked, and from where. All fields are needed.
type Config struct {
	Objects   Objects
	Table     string // of events
	Projector string // name of the function whose batches leave holes
	Publisher string // name of the function whose batches are published again
	Store     eventstore.Store
	Holes     *stream.Holes
	Publish   *publish.Publisher
	Log       *slog.Logger
}

// New returns the handler of the queue. It answers with the messages that are
// not done, and logs once for each why.
func New(c Config) func(context.Context, events.SQSEvent) (events.SQSEventResponse, error) {
	return func(ctx context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
		ctx, cancel := stream.Within(ctx)
		defer cancel()
		failed := []events.SQSBatchItemFailure{}
		for _, m := range e.Records {
			if err := c.take(ctx, m); err != nil {
				c.say(ctx, m, err)
				failed = append(failed, events.SQSBatchItemFailure{ItemIdentifier: m.MessageId})
			}
		}
		return events.SQSEventResponse{BatchItemFailures: failed}, nil
	}
}

// created is what EventBridge says of an object in a bucket.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
type created struct {
	Type   string `json:"detail-type"`
	Detail struct {
		Bucket struct {
			Name string `json:"name"`
		} `json:"bucket"`
		Object struct {
			Key string `json:"key"`
		} `json:"object"`
	} `json:"detail"`
}

func (c Config) take(ctx context.Context, m events.SQSMessage) error {
	var e created
	err := json.Unmarshal([]byte(m.Body), &e)
	bucket, key := e.Detail.Bucket.Name, e.Detail.Object.Key
	if err != nil || e.Type != "Object Created" || bucket == "" || key == "" {
		return senseless(errors.New("the message does not tell of an object that was created"))
	}
	object, err := c.Objects.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		return fmt.Errorf("%s of %s: %w", key, bucket, err)
	}
	function, records, err := readBatch(object.Body)
	if err := errors.Join(err, object.Body.Close()); err != nil {
		return fmt.Errorf("%s of %s: %w", key, bucket, err)
	}
	if err := c.makeGood(ctx, function, records); err != nil {
		return fmt.Errorf("%s of %s: %w", key, bucket, err)
	}
	c.Log.InfoContext(ctx, "failed batch made good", "function", function, "records", len(records), "object", key)
	return nil
}

// makeGood does for every stream of the batch what can be done for it.
func (c Config) makeGood(ctx context.Context, function string, records []events.DynamoDBEventRecord) error {
	if function != c.Projector && function != c.Publisher {
		return senseless(fmt.Errorf("it is of function %q, and neither of %s nor of %s", function, c.Projector, c.Publisher))
	}
	places, err := stream.Places(ctx, c.Table, records, c.Log)
	if err != nil {
		err = senseless(err)
	}
	errs, firsts := []error{err}, make(map[eventstore.StreamID][]eventstore.Version)
	for _, at := range places {
		firsts[at.Stream] = append(firsts[at.Stream], at.First)
	}
	for s, missing := range firsts {
		if function == c.Projector {
			err = c.Holes.Fill(ctx, s)
		} else {
			err = stream.Republish(ctx, c.Store, c.Publish, s, missing)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (c Config) say(ctx context.Context, m events.SQSMessage, err error) {
	name, level := stream.Waiting, slog.LevelError
	_, never := errors.AsType[*senselessError](err)
	switch {
	case never:
		name = Senseless
	case eventstore.Damaged(err):
		name = stream.Unreadable
	case ctx.Err() != nil:
		name, level = stream.Late, slog.LevelWarn
	}
	c.Log.Log(ctx, level, name, "messageId", m.MessageId, "err", err)
}

// A senselessError is about what will never make sense, however often it comes.
type senselessError struct{ error }

func senseless(err error) error { return &senselessError{err} }
