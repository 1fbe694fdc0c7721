package machine

import (
	"context"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// respite is what a function needs to answer before Lambda ends it.
const respite = time.Second

// each returns the handler of a queue that takes message by message and answers
// with those that failed, or that there was no time left for. What makes no sense
// fails too, so that it ends in the dead-letter queue and not in nothing.
func each(log *slog.Logger, take func(ctx context.Context, body []byte) error) func(context.Context, events.SQSEvent) (events.SQSEventResponse, error) {
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
			if isSenseless(err) {
				name = SenselessMessage
			}
			log.ErrorContext(ctx, name, "messageId", m.MessageId, "err", err)
			failed = append(failed, events.SQSBatchItemFailure{ItemIdentifier: m.MessageId})
		}
		return events.SQSEventResponse{BatchItemFailures: failed}, nil
	}
}
