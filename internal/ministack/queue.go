package ministack

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// A Queue is a queue of an emulator.
type Queue struct {
	URL    string
	config aws.Config
}

// CreateQueue creates a queue, or returns the one of that name. An empty policy is
// none.
func CreateQueue(ctx context.Context, config aws.Config, name, policy string) (q Queue, err error) {
	q.config = config
	attributes := make(map[string]string)
	if policy != "" {
		attributes["Policy"] = policy
	}
	var out struct{ QueueUrl string } //nolint:revive // the wire's name
	err = Call(ctx, config, "AmazonSQS.CreateQueue", map[string]any{"QueueName": name, "Attributes": attributes}, &out)
	q.URL = out.QueueUrl
	return q, err
}

// QueueAt returns the queue that exists at an address.
func QueueAt(config aws.Config, url string) Queue { return Queue{URL: url, config: config} }

// QueueARN returns the resource name of a queue of the emulator's account.
func QueueARN(name string) string { return "arn:aws:sqs:" + Region + ":" + Account + ":" + name }

// Take takes up to ten messages out of the queue, and waits at most so many
// seconds for the first.
func (q Queue) Take(ctx context.Context, seconds int) (bodies []string, err error) {
	var out struct {
		Messages []struct{ Body, ReceiptHandle string }
	}
	if err := Call(ctx, q.config, "AmazonSQS.ReceiveMessage", map[string]any{"QueueUrl": q.URL, "MaxNumberOfMessages": 10, "WaitTimeSeconds": seconds}, &out); err != nil {
		return nil, err
	}
	for _, m := range out.Messages {
		if err := Call(ctx, q.config, "AmazonSQS.DeleteMessage", map[string]any{"QueueUrl": q.URL, "ReceiptHandle": m.ReceiptHandle}, nil); err != nil {
			return nil, err
		}
		bodies = append(bodies, m.Body)
	}
	return bodies, nil
}

// Drained reports whether the queue holds no message, and none is in flight.
func (q Queue) Drained(ctx context.Context) (bool, error) {
	var out struct {
		Attributes struct{ ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible string }
	}
	err := Call(ctx, q.config, "AmazonSQS.GetQueueAttributes", map[string]any{"QueueUrl": q.URL, "AttributeNames": []string{"All"}}, &out)
	return out.Attributes.ApproximateNumberOfMessages == "0" && out.Attributes.ApproximateNumberOfMessagesNotVisible == "0", err
}

// Delete deletes the queue.
func (q Queue) Delete(ctx context.Context) error {
	return Call(ctx, q.config, "AmazonSQS.DeleteQueue", map[string]any{"QueueUrl": q.URL}, nil)
}
