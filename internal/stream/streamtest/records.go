package streamtest

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// ARN returns the ARN of a table's stream.
func ARN(table string) string {
	return "arn:aws:dynamodb:us-east-1:123456789012:table/" + table + "/stream/2026-11-24T12:00:00.000"
}

// Record returns what the stream of a table tells of a commit. Numbers ascend
// within a shard.
func Record(table string, number int, c eventstore.Commit) events.DynamoDBEventRecord {
	i := c.Item()
	keys := map[string]events.DynamoDBAttributeValue{
		"p": events.NewStringAttribute(i.P), "v": events.NewNumberAttribute(strconv.FormatUint(uint64(i.V), 10)),
	}
	image := map[string]events.DynamoDBAttributeValue{
		"p": keys["p"], "v": keys["v"], "n": events.NewNumberAttribute(strconv.Itoa(i.N)), "e": events.NewStringAttribute(i.E),
		"c": events.NewStringAttribute(i.C), "at": events.NewStringAttribute(i.At),
	}
	if i.SV > 0 {
		image["s"], image["sv"] = events.NewStringAttribute(i.S), events.NewNumberAttribute(strconv.Itoa(i.SV))
	}
	return events.DynamoDBEventRecord{
		AWSRegion: "us-east-1", EventID: fmt.Sprintf("%032x", number), EventName: string(events.DynamoDBOperationTypeInsert),
		EventSource: "aws:dynamodb", EventVersion: "1.1", EventSourceArn: ARN(table),
		Change: events.DynamoDBStreamRecord{
			ApproximateCreationDateTime: events.SecondsEpochTime{Time: c.At.Truncate(time.Second)},
			Keys:                        keys, NewImage: image, SequenceNumber: fmt.Sprintf("%021d", 100_000_000_000+number),
			SizeBytes: int64(i.Size()), StreamViewType: "NEW_IMAGE",
		},
	}
}

// Records returns what the stream of a table tells of commits, one after the
// other.
func Records(table string, commits ...eventstore.Commit) []events.DynamoDBEventRecord {
	all := make([]events.DynamoDBEventRecord, len(commits))
	for i, c := range commits {
		all[i] = Record(table, i, c)
	}
	return all
}

// Object returns what Lambda writes to a failure destination in S3 when it gives
// a batch up.
func Object(function string, batch []events.DynamoDBEventRecord, invokes int) []byte {
	payload, err := json.Marshal(events.DynamoDBEvent{Records: batch})
	if err != nil {
		panic(err) // a record that a test made up
	}
	first, last := batch[0], batch[len(batch)-1]
	object, err := json.Marshal(map[string]any{
		"requestContext": map[string]any{
			"requestId":   "316aa6d0-8154-4a6f-9af7-85d5f4a6bc81",
			"functionArn": "arn:aws:lambda:us-east-1:123456789012:function:" + function,
			"condition":   "RetryAttemptsExhausted", "approximateInvokeCount": invokes,
		},
		"responseContext": map[string]any{"statusCode": 200, "executedVersion": "$LATEST", "functionError": nil},
		"version":         "1.0", "timestamp": "2026-11-24T12:00:00.717Z",
		"DDBStreamBatchInfo": map[string]any{
			"shardId":                         "shardId-00000001573689847184-864758bb",
			"startSequenceNumber":             first.Change.SequenceNumber,
			"endSequenceNumber":               last.Change.SequenceNumber,
			"approximateArrivalOfFirstRecord": first.Change.ApproximateCreationDateTime.Format(time.RFC3339),
			"approximateArrivalOfLastRecord":  last.Change.ApproximateCreationDateTime.Format(time.RFC3339),
			"batchSize":                       len(batch), "streamArn": first.EventSourceArn,
		},
		"payload": string(payload),
	})
	if err != nil {
		panic(err) // of strings and numbers
	}
	return object
}
