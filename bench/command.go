package main

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/dynamostore"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func item(product int, name string) order.Item {
	return order.Item{
		ProductID: order.ProductID(fmt.Sprintf("product-%d", product)), Name: name, Quantity: 2,
		UnitPrice: domain.Money{Amount: 2999, Currency: "USD"},
	}
}

func placing(items ...order.Item) order.Place {
	return order.Place{
		CustomerID: "cust-456", Items: items, PaymentMethod: "tok_ok", At: noon,
		Recipient: order.Recipient{Name: "Ada Lovelace", Line1: "12 St James Sq", City: "London", PostalCode: "SW1Y 4JH", Country: "GB"},
	}
}

// commands compares a command as a client sends it, under a key of its own, with
// what anybody has to do for it: read the stream, write an item.
func commands(ctx context.Context, client *dynamodb.Client) ([]figure, error) {
	const table = "commands"
	if err := dynamostore.Create(ctx, client, dynamostore.EventsTable, table); err != nil {
		return nil, err
	}
	counted := &counter{Client: client}
	loop := func(c dynamostore.Client) *command.Loop[order.State, order.Event] {
		return command.New(dynamostore.New(c, table), "bench", order.Aggregate)
	}
	do := func(l *command.Loop[order.State, order.Event], keyed bool) func(context.Context) error {
		return func(ctx context.Context) error {
			id := newStream("order").ID
			r := command.Request{Correlation: "01234567-89ab-cdef-0123-456789abcdef", Actor: "client"}
			if keyed {
				r.Key, r.Fingerprint = "key-of-"+id, "AAAAAAAAAAAAAAAAAAAAAA"
			}
			_, err := l.Do(ctx, id, r, placing(item(1, "Enamel mug")))
			return err
		}
	}
	raw := func(ctx context.Context) error {
		stream := newStream("order")
		_, err := client.Query(ctx, &dynamodb.QueryInput{
			TableName: new(table), KeyConditionExpression: new("p = :p"), ScanIndexForward: new(false), Limit: new(int32(4)),
			ExpressionAttributeValues: map[string]types.AttributeValue{":p": &types.AttributeValueMemberS{Value: stream.String()}},
		})
		if err != nil {
			return err
		}
		attributes, err := attributes(stream)
		if err != nil {
			return err
		}
		_, err = client.PutItem(ctx, &dynamodb.PutItemInput{
			TableName: new(table), Item: attributes, ConditionExpression: new("attribute_not_exists(p)"),
		})
		return err
	}

	const batch, rounds = 50, 61
	for _, warm := range []func(context.Context) error{do(loop(client), true), raw} {
		if err := times(2000, warm)(ctx); err != nil {
			return nil, err
		}
	}
	r, err := pairs(ctx, "command vs Query + PutItem", rounds, times(batch, do(loop(client), true)), times(batch, raw))
	if err != nil {
		return nil, err
	}
	keyed, err := unitsOf(ctx, counted, times(batch, do(loop(counted), true)))
	if err != nil {
		return nil, err
	}
	bare, err := unitsOf(ctx, counted, times(batch, do(loop(counted), false)))
	if err != nil {
		return nil, err
	}
	ours, err := allocations(ctx, 500, do(loop(client), true))
	if err != nil {
		return nil, err
	}
	control, err := allocations(ctx, 500, raw)
	if err != nil {
		return nil, err
	}
	extra := float64(keyed-bare) / batch
	return []figure{
		r.atMost("idempotent command", "raw SDK `Query` and `PutItem`, without a key", 1.05),
		{
			what: "write units that a key adds to a command", control: "the same command without a key",
			value: fmt.Sprintf("+%.2f", extra), goal: "+0", met: extra == 0,
		},
		ratio{median: ours / control, low: ours / control, high: ours / control}.
			atMost(fmt.Sprintf("allocations per command (%.0f)", ours), fmt.Sprintf("raw SDK `Query` and `PutItem` (%.0f)", control), 1.15),
	}, nil
}

// unitsOf returns the write units that f consumes.
func unitsOf(ctx context.Context, c *counter, f func(context.Context) error) (float64, error) {
	before := c.writes.Load()
	err := f(ctx)
	return float64(c.writes.Load()-before) / 2, err
}

// allocations returns how many heap objects one f makes, in the mean of n.
func allocations(ctx context.Context, n int, f func(context.Context) error) (float64, error) {
	if err := times(20, f)(ctx); err != nil {
		return 0, err
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := times(n, f)(ctx)
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / float64(n), err
}
