// Package queue is how functions are fed from a queue: message by message, so
// that one that fails holds back no other.
package queue

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// Senseless is what the log says of a message of which nothing can be made; in
// the end it lies in the dead-letter queue. Operators look for it.
const Senseless = "message makes no sense"

// A Handler is what Lambda calls with messages.
type Handler = func(context.Context, events.SQSEvent) (events.SQSEventResponse, error)

// respite is what a function needs to answer before Lambda ends it.
const respite = time.Second

// Each returns the handler of a queue that takes message by message and answers
// with those that failed, or that there was no time left for. What makes no sense
// fails too, so that it ends in the dead-letter queue and not in nothing.
func Each(log *slog.Logger, take func(ctx context.Context, body []byte) error) Handler {
	return func(ctx context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
		if deadline, ok := ctx.Deadline(); ok {
			var cancel context.CancelFunc
			ctx, cancel = context.WithDeadline(ctx, deadline.Add(-respite))
			defer cancel()
		}
		failed := []events.SQSBatchItemFailure{}
		for _, m := range e.Records {
			err := take(ctx, []byte(m.Body))
			if err == nil {
				continue
			}
			name := "message not done"
			if _, never := errors.AsType[*SenselessError](err); never {
				name = Senseless
			}
			log.ErrorContext(ctx, name, "messageId", m.MessageId, "err", err)
			failed = append(failed, events.SQSBatchItemFailure{ItemIdentifier: m.MessageId})
		}
		return events.SQSEventResponse{BatchItemFailures: failed}, nil
	}
}

// A SenselessError is about what will never make sense, however often it comes.
type SenselessError struct{ Err error }

// Error implements error.
func (e *SenselessError) Error() string { return e.Err.Error() }

// Unwrap returns what makes no sense of it.
func (e *SenselessError) Unwrap() error { return e.Err }
