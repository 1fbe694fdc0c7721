package dynamostore

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// LedgersClient is what [Ledgers] call of a [dynamodb.Client].
type LedgersClient interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	TransactWriteItems(context.Context, *dynamodb.TransactWriteItemsInput, ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error)
	dynamodb.QueryAPIClient
}

// Ledgers are books that the outside world would keep for itself, all in one
// table: an item for each entry, a partition for each ledger.
type Ledgers struct {
	client LedgersClient
	table  string
}

// NewLedgers returns the ledgers in a table, which has the form that [Schema]
// says.
func NewLedgers(client LedgersClient, table string) *Ledgers {
	return &Ledgers{client: client, table: table}
}

// Ledger returns the ledger of that name, which is empty until it is changed.
func (l *Ledgers) Ledger(name string) *Ledger { return &Ledger{of: l, name: name} }

// A Ledger keeps an entry under each key.
type Ledger struct {
	of   *Ledgers
	name string
}

// changeTries is how often a change is made anew because somebody else was
// first; each time somebody was, so a ledger never stands still. The pause
// before the next try, a random part of one that doubles up to maxPause, parts
// them.
const (
	changeTries = 25
	minPause    = 2 * time.Millisecond
	maxPause    = 256 * time.Millisecond
)

// Change replaces what is kept under key by what f makes of it, atomically, and
// has it durable when it returns; nil is nothing, both ways. An error of f
// changes nothing and is returned; after any other it may have been changed. f
// may be called again before Change returns, and neither keeps nor changes what
// it is handed. A change that changes nothing is no write.
func (l *Ledger) Change(ctx context.Context, key string, f func(was []byte) ([]byte, error)) error {
	subject := "change " + key + " in ledger " + l.name
	for try := 1; ; try++ {
		was, err := l.get(ctx, key)
		if err != nil {
			return fault(ctx, subject, err)
		}
		now, err := f(was)
		if err != nil {
			return err
		}
		if bytes.Equal(was, now) && (was == nil) == (now == nil) {
			return nil
		}
		err = l.put(ctx, key, was, now)
		switch {
		case err == nil:
			return nil
		case !raced(err):
			return fault(ctx, subject, err)
		case try == changeTries:
			return fmt.Errorf("%s: %w: somebody else was first, %d times", subject, eventstore.ErrUnavailable, try)
		}
		select {
		case <-time.After(rand.N(min(minPause<<try, maxPause))):
		case <-ctx.Done():
			return fault(ctx, subject, ctx.Err())
		}
	}
}

func (l *Ledger) at(key string) at { return at{p: l.name, s: key} }

func (l *Ledger) get(ctx context.Context, key string) ([]byte, error) {
	if !utf8.ValidString(l.name + key) {
		return nil, &eventstore.InvalidError{Reason: "the ledger's name or the key is not UTF-8"}
	}
	out, err := l.of.client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &l.of.table, Key: l.at(key).item(), ConsistentRead: new(true)})
	if err != nil {
		return nil, err
	}
	return kept(out.Item)
}

// put replaces was by now. What is there is compared as a whole, so no revision
// is needed; nothing is an item without a value. It is a transaction of one
// item, at twice the price, since a transaction has a token: where a reply is
// lost, the same request sent again does it no second time.
func (l *Ledger) put(ctx context.Context, key string, was, now []byte) error {
	put := &types.Put{TableName: &l.of.table, Item: l.at(key).item(), ConditionExpression: new("attribute_not_exists(d)")}
	if now != nil {
		put.Item["d"] = &types.AttributeValueMemberB{Value: now}
	}
	if was != nil {
		put.ConditionExpression = new("d = :was")
		put.ExpressionAttributeValues = item{":was": &types.AttributeValueMemberB{Value: was}}
	}
	if size := sizeOf(put.Item); size > eventstore.MaxItem {
		return &eventstore.InvalidError{Reason: fmt.Sprintf("%d bytes are more than an item holds (%d)", size, eventstore.MaxItem)}
	}
	_, err := l.of.client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{{Put: put}}})
	return err
}

// kept returns an entry's value: nil where there is none.
func kept(i item) ([]byte, error) {
	switch d := i["d"].(type) {
	case nil:
		return nil, nil
	case *types.AttributeValueMemberB:
		return append([]byte{}, d.Value...), nil
	default:
		return nil, &eventstore.InvalidError{Reason: `attribute "d" makes no sense`}
	}
}

// Each shows each key and what is kept under it, in the order of keys, until
// see returns an error, which is returned. What is changed meanwhile may be
// shown as it was or as it is.
func (l *Ledger) Each(ctx context.Context, see func(key string, kept []byte) error) error {
	pages := dynamodb.NewQueryPaginator(l.of.client, &dynamodb.QueryInput{
		TableName: &l.of.table, ConsistentRead: new(true), KeyConditionExpression: new("p = :p"),
		ExpressionAttributeValues: item{":p": &types.AttributeValueMemberS{Value: l.name}},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fault(ctx, "read ledger "+l.name, err)
		}
		for _, i := range page.Items {
			r := reader{item: i}
			key := r.text("s")
			value, err := kept(i)
			if err != nil {
				return fmt.Errorf("read ledger %s: entry of %s: %w", l.name, key, err)
			}
			if value == nil {
				continue
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := see(key, value); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}
