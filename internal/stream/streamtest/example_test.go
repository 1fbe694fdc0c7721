package streamtest_test

import (
	"context"
	"fmt"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/daybook-es/daybook/internal/stream/streamtest"
)

// A function that always stops at the last record of its batch.
func Example() {
	handler := func(_ context.Context, e events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
		fmt.Println("batch of", len(e.Records))
		last := e.Records[len(e.Records)-1].Change.SequenceNumber
		return events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{{ItemIdentifier: last}}}, nil
	}
	m := streamtest.Mapping{
		Function: "stubborn", Handler: lambda.NewHandler(handler), BatchSize: 10, MaxRetries: 2,
		Destination: func(object []byte) { fmt.Println("given up:", len(object) > 0) },
	}
	fmt.Println(m.Poll(context.Background(), shard("abc")))
	// Output:
	// batch of 3
	// batch of 1
	// batch of 1
	// given up: true
	// true
}
