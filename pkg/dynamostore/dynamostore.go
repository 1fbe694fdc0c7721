// Package dynamostore keeps events in one DynamoDB table, an item for each
// commit; rows of views in another; and the sandboxes' ledgers in a third.
//
// An append is one PutItem on the condition that nothing stands at its key:
// versions are dense, so whoever has read up to a commit's end writes the key
// that any commit after it would have. A load is one descending query that stops
// at a snapshot. Neither costs more as the stream grows.
package dynamostore

import (
	"context"
	"errors"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// Client is what a store calls of a [dynamodb.Client]. Who wants to count what
// requests consume wraps it and sets their ReturnConsumedCapacity.
type Client interface {
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	dynamodb.QueryAPIClient
	dynamodb.ScanAPIClient
}

// A Store keeps its streams in one table of DynamoDB.
type Store struct {
	client Client
	table  string
	limits sync.Map // category → *limit: how far its loads go back
}

var _ eventstore.Store = (*Store)(nil)

// New returns the store in a table, which has the form that [Schema] says.
func New(client Client, table string) *Store { return &Store{client: client, table: table} }

// Append implements [eventstore.Store]. What stands at the commit's key comes
// back with the refusal, so a conflict and a lost reply cost no read.
func (s *Store) Append(ctx context.Context, stream eventstore.StreamID, expected eventstore.Position, commit eventstore.Commit) (eventstore.Commit, error) {
	commit, err := expected.Extend(stream, commit)
	if err != nil {
		return eventstore.Commit{}, err
	}
	_, err = s.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                           &s.table,
		Item:                                encode(commit.Item()),
		ConditionExpression:                 new("attribute_not_exists(p)"),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	if err == nil {
		return commit, nil
	}
	taken, ok := errors.AsType[*types.ConditionalCheckFailedException](err)
	if !ok {
		return eventstore.Commit{}, fault(ctx, "append to "+stream.String(), err)
	}
	conflict := &eventstore.ConflictError{Stream: stream, Expected: expected.Version()}
	if taken.Item == nil {
		return eventstore.Commit{}, conflict
	}
	there, err := decode(taken.Item)
	if err != nil {
		return eventstore.Commit{}, fault(ctx, "append to "+stream.String(), err)
	}
	if there.Command.Key == commit.Command.Key {
		return there, nil
	}
	conflict.Next = &there
	return eventstore.Commit{}, conflict
}
