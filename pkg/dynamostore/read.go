package dynamostore

import (
	"context"
	"fmt"
	"iter"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// Read implements [eventstore.Store]. It reads strongly consistent and asks for
// the next page when the last one was taken.
func (s *Store) Read(ctx context.Context, stream eventstore.StreamID, after eventstore.Position) iter.Seq2[eventstore.Commit, error] {
	return func(yield func(eventstore.Commit, error) bool) {
		in := s.query(stream, "p = :p AND v > :v", after.Version())
		in.ConsistentRead = new(true)
		end := after
		for c, err := range s.queried(ctx, in) {
			if err != nil {
				err = fault(ctx, "read "+stream.String(), err)
			} else if err = c.Follows(end); err != nil {
				c = eventstore.Commit{}
			}
			if !yield(c, err) || err != nil {
				return
			}
			end = c.End()
		}
	}
}

// Scan implements [eventstore.Store] by a parallel scan, strongly consistent.
// DynamoDB keeps the items of one stream together and in order; where it would
// not, there is a [*eventstore.HoleError].
func (s *Store) Scan(ctx context.Context, segment, of int) iter.Seq2[eventstore.Commit, error] {
	return eventstore.Scanned(s.scanned(ctx, &dynamodb.ScanInput{
		TableName: &s.table, ConsistentRead: new(true),
		Segment: new(int32(segment)), TotalSegments: new(int32(of)),
	}))
}

func (s *Store) query(stream eventstore.StreamID, condition string, v eventstore.Version) *dynamodb.QueryInput {
	return &dynamodb.QueryInput{
		TableName:              &s.table,
		KeyConditionExpression: &condition,
		ExpressionAttributeValues: item{
			":p": &types.AttributeValueMemberS{Value: stream.String()},
			":v": &types.AttributeValueMemberN{Value: strconv.FormatUint(uint64(v), 10)},
		},
	}
}

// queried yields what a query finds. Without a Limit, pages have the megabyte
// that DynamoDB gives; a Limit holds for the first page, and those after it
// double, from a hundred to maxLimit: two pages reach the snapshot before any
// version where one comes every fifty commits, and few reach the start where
// there is none.
func (s *Store) queried(ctx context.Context, in *dynamodb.QueryInput) iter.Seq2[eventstore.Commit, error] {
	return commits(func() ([]item, bool, error) {
		out, err := s.client.Query(ctx, in)
		if err != nil {
			return nil, false, err
		}
		in.ExclusiveStartKey = out.LastEvaluatedKey
		if in.Limit != nil {
			in.Limit = new(min(max(2**in.Limit, 100), maxLimit))
		}
		return out.Items, len(out.LastEvaluatedKey) > 0, nil
	})
}

func (s *Store) scanned(ctx context.Context, in *dynamodb.ScanInput) iter.Seq2[eventstore.Commit, error] {
	return commits(func() ([]item, bool, error) {
		out, err := s.client.Scan(ctx, in)
		if err != nil {
			return nil, false, fault(ctx, fmt.Sprintf("scan segment %d of %d", *in.Segment, *in.TotalSegments), err)
		}
		in.ExclusiveStartKey = out.LastEvaluatedKey
		return out.Items, len(out.LastEvaluatedKey) > 0, nil
	})
}

// commits yields what is on one page after the other. It goes on after an item
// that makes no sense.
func commits(page func() (items []item, more bool, err error)) iter.Seq2[eventstore.Commit, error] {
	return func(yield func(eventstore.Commit, error) bool) {
		for {
			items, more, err := page()
			if err != nil {
				yield(eventstore.Commit{}, err)
				return
			}
			for _, i := range items {
				if !yield(decode(i)) {
					return
				}
			}
			if !more {
				return
			}
		}
	}
}
