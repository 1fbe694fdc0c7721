package queue_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/daybook-es/daybook/internal/queue"
)

func TestWhatThereIsNoTimeForComesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		slow := func(ctx context.Context, _ []byte) error {
			select {
			case <-time.After(20 * time.Second):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		batch := events.SQSEvent{Records: []events.SQSMessage{{MessageId: "a"}, {MessageId: "b"}, {MessageId: "c"}}}
		answer, err := queue.Each(slog.New(slog.DiscardHandler), slow)(ctx, batch)
		if got := fmt.Sprint(answer.BatchItemFailures); err != nil || got != "[{b} {c}]" || ctx.Err() != nil {
			t.Errorf("not taken: %s, %v, %v", got, err, ctx.Err())
		}
	})
}

func Example() {
	take := queue.Each(slog.New(slog.DiscardHandler), func(_ context.Context, body []byte) error {
		if len(body) == 0 {
			return &queue.SenselessError{Err: errors.New("it is empty")}
		}
		return nil
	})
	answer, err := take(context.Background(), events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Body: "{}"}, {MessageId: "2"}}})
	fmt.Println(answer.BatchItemFailures, err)
	// Output: [{2}] <nil>
}
