// Package streamtest stands in for Lambda's mapping of a DynamoDB stream to a
// function: it keeps to what is documented of checkpoints, partial responses,
// retries, bisecting and the failure destination, which emulators do not.
//
// https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
// https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
package streamtest

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

// A Mapping invokes a function with the records of shards, one batch after the
// other. Shards that are polled at the same time have a Handler each, as they have
// an environment each.
type Mapping struct {
	Function    string         // its name
	Handler     lambda.Handler // of which each invocation is given JSON, and gives JSON
	BatchSize   int
	MaxRetries  int
	Bisect      bool
	CountsAnew  bool // whether a batch that became smaller has all its retries again; nothing is documented of it
	Destination func(object []byte)
}

// A Shard is an ordered part of a stream, with the checkpoint of a mapping.
type Shard struct {
	Records    []events.DynamoDBEventRecord
	Checkpoint int // records before it will not come again
}

// Poll takes the shard's next batch until it is done or given up, and reports
// whether there was one.
func (m Mapping) Poll(ctx context.Context, s *Shard) bool {
	left := s.Records[s.Checkpoint:]
	n := min(m.BatchSize, len(left))
	if n == 0 {
		return false
	}
	m.batch(ctx, left[:n], 0)
	s.Checkpoint += n
	return true
}

// batch retries until all is done, or the retries are used up. Splitting does not
// use up any.
func (m Mapping) batch(ctx context.Context, left []events.DynamoDBEventRecord, retries int) {
	for invokes := 1; ; invokes++ {
		done := m.invoke(ctx, left)
		if left = left[done:]; len(left) == 0 {
			return
		}
		if done > 0 && m.CountsAnew {
			retries = 0
		}
		if half := len(left) / 2; done == 0 && m.Bisect && half > 0 {
			m.batch(ctx, left[:half], retries)
			m.batch(ctx, left[half:], retries)
			return
		}
		if retries++; retries > m.MaxRetries {
			m.Destination(Object(m.Function, left, invokes))
			return
		}
	}
}

// invoke returns how many records of the batch are done, from the first on. A
// response that reports several leads to the lowest, one that makes no sense to
// all of the batch.
func (m Mapping) invoke(ctx context.Context, batch []events.DynamoDBEventRecord) (done int) {
	payload, err := json.Marshal(events.DynamoDBEvent{Records: batch})
	if err != nil {
		panic(err) // a record that a test made up
	}
	answer, err := m.Handler.Invoke(ctx, payload)
	if err != nil {
		return 0
	}
	var response events.DynamoDBEventResponse
	if err := json.Unmarshal(answer, &response); err != nil {
		return 0
	}
	done = len(batch)
	for _, f := range response.BatchItemFailures {
		at := slices.IndexFunc(batch, func(r events.DynamoDBEventRecord) bool { return f.ItemIdentifier == r.Change.SequenceNumber })
		if at < 0 || f.ItemIdentifier == "" {
			return 0
		}
		done = min(done, at)
	}
	return done
}
