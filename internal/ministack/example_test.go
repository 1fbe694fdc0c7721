package ministack_test

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/daybook-es/daybook/internal/ministack"
)

// It has no output to compare: where Python is missing there is none.
func Example() {
	ctx := context.Background()
	endpoint, _, stop, err := ministack.Start(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer stop()
	queues, err := sqs.NewFromConfig(ministack.Config(endpoint)).ListQueues(ctx, new(sqs.ListQueuesInput))
	fmt.Println(queues.QueueUrls, err)
}
