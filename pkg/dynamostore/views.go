package dynamostore

import (
	"context"
	"errors"
	"math"
	"reflect"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/pkg/readmodel"
)

// ViewsClient is what [Views] call of a [dynamodb.Client].
type ViewsClient interface {
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	LedgersClient
}

// Views keeps rows in one table of DynamoDB. A row is an item, and each list it
// stands in has a copy of it in the list's own partition, so a page of a list is
// one query that sees every put. Row and copies are written in one transaction; a
// row in no list, by one put. All reads are strongly consistent.
type Views struct {
	client ViewsClient
	table  string
}

var _ readmodel.Store = (*Views)(nil)

// NewViews returns the rows in a table, which has the form that [Schema] says.
func NewViews(client ViewsClient, table string) *Views { return &Views{client: client, table: table} }

// Get implements [readmodel.Store].
func (v *Views) Get(ctx context.Context, key readmodel.Key) (readmodel.Row, error) {
	at := rowAt(key)
	if len(at.p) > maxPartition {
		return readmodel.Row{Key: key}, ctx.Err() // no put takes it
	}
	out, err := v.client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &v.table, Key: at.item(), ConsistentRead: new(true)})
	if err != nil {
		return readmodel.Row{}, fault(ctx, "get "+named(key), err)
	}
	if out.Item == nil {
		return readmodel.Row{Key: key}, nil
	}
	return decodeRow(out.Item, key.View, key.Tenant)
}

// Put implements [readmodel.Store]. What an item cannot hold is an
// [*eventstore.InvalidError]. A row in lists is read first, for the lists it
// stood in; a reply that was lost is no race.
func (v *Views) Put(ctx context.Context, row readmodel.Row) error {
	next, err := encodeRow(row)
	if err != nil {
		return err
	}
	last := readmodel.Row{Key: row.Key}
	switch {
	case len(row.Lists) == 0:
		stood, err := v.putAlone(ctx, row, next)
		if err != nil || stood == nil {
			return err
		}
		last = *stood
	case row.Revision > 0:
		if last, err = v.Get(ctx, row.Key); err != nil {
			return err
		}
	}
	if last.Revision != row.Revision {
		return readmodel.ErrRace
	}
	_, err = v.client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: v.writes(row, next, entriesAt(last))})
	if raced(err) {
		return readmodel.ErrRace
	}
	if err != nil {
		return fault(ctx, "put "+named(row.Key), err)
	}
	return nil
}

// putAlone writes a row that stands in no list, and did not before. Otherwise it
// returns the row that is there, which is at another revision or in lists.
func (v *Views) putAlone(ctx context.Context, row readmodel.Row, next item) (*readmodel.Row, error) {
	condition, values := unchanged(row)
	if row.Revision > 0 {
		condition += " AND attribute_not_exists(l)"
	}
	_, err := v.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &v.table, Item: next,
		ConditionExpression: &condition, ExpressionAttributeValues: values,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	taken, failed := errors.AsType[*types.ConditionalCheckFailedException](err)
	switch {
	case err == nil, failed && reflect.DeepEqual(taken.Item, next):
		return nil, nil
	case raced(err), failed && taken.Item == nil:
		return nil, readmodel.ErrRace
	case !failed:
		return nil, fault(ctx, "put "+named(row.Key), err)
	}
	stood, err := decodeRow(taken.Item, row.View, row.Tenant)
	return &stood, err
}

// writes returns what writes the row and its entries, and deletes what it left.
func (v *Views) writes(row readmodel.Row, next item, left []at) []types.TransactWriteItem {
	condition, values := unchanged(row)
	writes := []types.TransactWriteItem{{Put: &types.Put{
		TableName: &v.table, Item: next, ConditionExpression: &condition, ExpressionAttributeValues: values,
	}}}
	entries := entriesAt(row)
	for _, e := range entries {
		writes = append(writes, types.TransactWriteItem{Put: &types.Put{TableName: &v.table, Item: e.of(next)}})
	}
	for _, e := range left {
		if !slices.Contains(entries, e) {
			writes = append(writes, types.TransactWriteItem{Delete: &types.Delete{TableName: &v.table, Key: e.item()}})
		}
	}
	return writes
}

// unchanged returns the condition that the stored row is at the row's revision.
func unchanged(row readmodel.Row) (condition string, values item) {
	if row.Revision == 0 {
		return "attribute_not_exists(p)", nil
	}
	return "r = :r", item{":r": &types.AttributeValueMemberN{Value: strconv.FormatInt(row.Revision, 10)}}
}

// List implements [readmodel.Store].
func (v *Views) List(ctx context.Context, p readmodel.Page) ([]readmodel.Row, error) {
	list := listOf(p.View, p.Tenant, p.List)
	if len(list) > maxPartition {
		return nil, ctx.Err() // no put takes it
	}
	in := &dynamodb.QueryInput{
		TableName: &v.table, ConsistentRead: new(true), ScanIndexForward: new(!p.Descending),
		KeyConditionExpression:    new("p = :p"),
		ExpressionAttributeValues: item{":p": &types.AttributeValueMemberS{Value: list}},
	}
	if p.After != (readmodel.Place{}) {
		in.KeyConditionExpression = new("p = :p AND s > :s")
		if p.Descending {
			in.KeyConditionExpression = new("p = :p AND s < :s")
		}
		in.ExpressionAttributeValues[":s"] = &types.AttributeValueMemberS{Value: bound(p.After)}
	}
	var rows []readmodel.Row
	for {
		in.Limit = new(int32(min(p.Limit-len(rows), math.MaxInt32)))
		out, err := v.client.Query(ctx, in)
		if err != nil {
			return nil, fault(ctx, "list "+p.List+" of "+p.View, err)
		}
		for _, i := range out.Items {
			row, err := decodeRow(i, p.View, p.Tenant)
			if err != nil {
				return nil, err
			}
			rows = append(rows, row)
		}
		if in.ExclusiveStartKey = out.LastEvaluatedKey; len(rows) == p.Limit || len(in.ExclusiveStartKey) == 0 {
			return rows, nil
		}
	}
}
