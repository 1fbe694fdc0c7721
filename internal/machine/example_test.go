package machine_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/events"

	"github.com/daybook-es/daybook/internal/machine"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/saga"
)

// A message of which nothing can be made fails alone.
func Example() {
	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "err" {
			return slog.Attr{}
		}
		return a
	}}))
	runs := saga.New(fulfilment.Process(new(fulfilment.World)), new(memstore.Store), "main", log)
	watch := machine.Watch(runs, "arn:aws:states:eu-central-1:1:stateMachine:fulfilment", log)

	answer, err := watch(context.Background(), events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Body: "{}"}}})
	fmt.Println(answer.BatchItemFailures, err)
	// Output:
	// level=ERROR msg="message makes no sense" messageId=1
	// [{1}] <nil>
}
