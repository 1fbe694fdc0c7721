package dynamostore

import (
	"context"
	"errors"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"sync"

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

	mu   sync.Mutex
	read map[readmodel.Key]line // of late, for the put that mostly follows
}

var _ readmodel.Store = (*Views)(nil)

// NewViews returns the rows in a table, which has the form that [Schema] says.
func NewViews(client ViewsClient, table string) *Views { return &Views{client: client, table: table} }

// Get implements [readmodel.Store].
func (v *Views) Get(ctx context.Context, key readmodel.Key) (readmodel.Row, error) {
	l, err := v.get(ctx, key)
	if err == nil {
		v.mu.Lock()
		defer v.mu.Unlock()
		if v.read == nil || len(v.read) == mostRead {
			v.read = make(map[readmodel.Key]line)
		}
		stood := line{readmodel.Row{Revision: l.Revision, Lists: slices.Clone(l.Lists), Sort: l.Sort, Sums: slices.Clone(l.Sums)}, l.steps}
		for i, s := range stood.Sums {
			stood.Sums[i].Amounts = maps.Clone(s.Amounts)
		}
		v.read[key] = stood
	}
	return l.Row, err
}

// mostRead is how many rows are remembered between a get and its put.
const mostRead = 1000

// stood returns the row as it stood when a row of this revision was read. It may
// have been written since: then the condition of the put fails, for every write
// counts the revision or the steps up.
func (v *Views) stood(ctx context.Context, row readmodel.Row) (line, error) {
	v.mu.Lock()
	l, known := v.read[row.Key]
	delete(v.read, row.Key)
	v.mu.Unlock()
	if !known || l.Revision != row.Revision {
		return v.get(ctx, row.Key)
	}
	l.Key = row.Key
	return l, nil
}

// A line is a row as it is stored, and how many of the transactions that its
// next put takes are done; see Put.
type line struct {
	readmodel.Row
	steps int
}

func (v *Views) get(ctx context.Context, key readmodel.Key) (line, error) {
	at, none := rowAt(key), line{Row: readmodel.Row{Key: key}}
	if len(at.p) > maxPartition {
		return none, ctx.Err() // no put takes it
	}
	out, err := v.client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &v.table, Key: at.item(), ConsistentRead: new(true)})
	if err != nil {
		return line{}, fault(ctx, "get "+named(key), err)
	}
	if out.Item == nil {
		return none, nil
	}
	return decodeLine(out.Item, key)
}

// Put implements [readmodel.Store]. What an item cannot hold is an
// [*eventstore.InvalidError]. A row in lists or sums is read first, unless it just
// was, for what it stood in and contributed; a reply that was lost is no race.
//
// A transaction has a hundred items. Where a row changes more sums than that, some
// transactions before its own change sums alone, and note with the row what it
// contributes by then: where they are cut off, or somebody else's put comes
// between, the next put of the row goes on from there.
func (v *Views) Put(ctx context.Context, row readmodel.Row) error {
	next, err := encodeRow(row)
	if err != nil {
		return err
	}
	last := line{Row: readmodel.Row{Key: row.Key}}
	if len(row.Lists) == 0 && len(row.Sums) == 0 {
		stood, err := v.putAlone(ctx, last, row, next)
		if err != nil || stood == nil {
			return err
		}
		last = *stood
	} else if row.Revision > 0 || len(row.Sums) > 0 {
		if last, err = v.stood(ctx, row); err != nil {
			return err
		}
	}
	if last.Revision != row.Revision {
		return readmodel.ErrRace
	}
	err = v.putOn(ctx, last, row, next)
	if row.Revision > 0 || last.steps > 0 || !errors.Is(err, readmodel.ErrRace) {
		return err
	}
	// A row that is not there was not read; a put that was cut off may have
	// changed sums.
	stood, failed := v.get(ctx, row.Key)
	if failed != nil || stood.Revision > 0 || stood.steps == 0 {
		return err
	}
	return v.putOn(ctx, stood, row, next)
}

// putOn writes a row where last stands.
func (v *Views) putOn(ctx context.Context, last line, row readmodel.Row, next item) error {
	changes := changesOf(last.Sums, row.Sums)
	if len(row.Lists)+len(last.Lists)+len(changes) == 0 {
		stood, err := v.putAlone(ctx, last, row, next)
		if err == nil && stood != nil {
			err = readmodel.ErrRace
		}
		return err
	}
	room := max(1, maxTransaction-len(v.writes(row, next, last)))
	for len(changes) > room {
		if err := v.transact(ctx, row.Key, true, append(v.adds(row.Key, changes[:room]), v.step(&last, row.Sums, changes[:room]))); err != nil {
			return err
		}
		changes = changes[room:]
	}
	return v.transact(ctx, row.Key, len(changes) > 0, append(v.writes(row, next, last), v.adds(row.Key, changes)...))
}

// putAlone writes a row of which nothing but itself changes: it is in no list, and
// contributes what last did. Otherwise it returns the row that is there, which is
// at another revision, or in lists or sums.
func (v *Views) putAlone(ctx context.Context, last line, row readmodel.Row, next item) (*line, error) {
	condition, values := unchanged(row.Revision, last.steps)
	if row.Revision > 0 && len(row.Sums) == 0 {
		condition += " AND attribute_not_exists(l) AND attribute_not_exists(c)"
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
	stood, err := decodeLine(taken.Item, row.Key)
	return &stood, err
}

// writes returns what writes the row and its entries, and deletes what it left.
func (v *Views) writes(row readmodel.Row, next item, last line) []types.TransactWriteItem {
	condition, values := unchanged(last.Revision, last.steps)
	writes := []types.TransactWriteItem{{Put: &types.Put{
		TableName: &v.table, Item: next, ConditionExpression: &condition, ExpressionAttributeValues: values,
	}}}
	entries := entriesAt(row)
	for _, e := range entries {
		writes = append(writes, types.TransactWriteItem{Put: &types.Put{TableName: &v.table, Item: e.of(next)}})
	}
	for _, e := range entriesAt(last.Row) {
		if !slices.Contains(entries, e) {
			writes = append(writes, types.TransactWriteItem{Delete: &types.Delete{TableName: &v.table, Key: e.item()}})
		}
	}
	return writes
}

// unchanged returns the condition that the stored row is at the revision, and that
// so many steps to the next are done.
func unchanged(revision int64, steps int) (condition string, values item) {
	if revision == 0 && steps == 0 {
		return "attribute_not_exists(p)", nil
	}
	condition, values = "attribute_not_exists(r)", item{}
	if revision > 0 {
		condition, values[":r"] = "r = :r", &types.AttributeValueMemberN{Value: strconv.FormatInt(revision, 10)}
	}
	if steps == 0 {
		return condition + " AND attribute_not_exists(k)", values
	}
	values[":k"] = &types.AttributeValueMemberN{Value: strconv.Itoa(steps)}
	return condition + " AND k = :k", values
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
