package park

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// A batch is what Lambda writes to the failure destination when it gives a batch
// of a stream up; only an object in S3 has the records.
// https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
type batch struct {
	RequestContext struct {
		FunctionARN string `json:"functionArn"`
	} `json:"requestContext"`
	Payload string `json:"payload"` // the event, as JSON in a text
}

// readBatch returns what is in an object: the name of the function that failed,
// and the records of its batch.
func readBatch(object io.Reader) (function string, records []events.DynamoDBEventRecord, err error) {
	text, err := io.ReadAll(object)
	if err != nil {
		return "", nil, err
	}
	var b batch
	if err := json.Unmarshal(text, &b); err != nil {
		return "", nil, senseless(fmt.Errorf("it is no record of a failed invocation: %w", err))
	}
	if b.Payload == "" {
		return "", nil, senseless(errors.New("it has no payload, so nobody knows what is missing: fold the views again from all events"))
	}
	var event events.DynamoDBEvent
	if err := json.Unmarshal([]byte(b.Payload), &event); err != nil {
		return "", nil, senseless(fmt.Errorf("its payload is no batch of a stream: %w", err))
	}
	return nameOf(b.RequestContext.FunctionARN), event.Records, nil
}

// nameOf returns the name in the ARN of a function, which may end with a version:
// arn:aws:lambda:<region>:<account>:function:<name>:<version>.
func nameOf(arn string) string {
	parts := strings.Split(arn, ":")
	if len(parts) < 7 {
		return arn
	}
	return parts[6]
}
