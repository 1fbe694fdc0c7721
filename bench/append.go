package main

import (
	"context"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

var serial atomic.Int64

func newStream(category string) eventstore.StreamID {
	return eventstore.StreamID{Tenant: "bench", Category: category, ID: fmt.Sprintf("%s-%08d", category, serial.Add(1))}
}

// sample is a commit as an order's first: about 0.9 KB with its snapshot.
func sample() eventstore.Commit {
	return eventstore.Commit{
		Events: []eventstore.Event{{
			Type: "order.placed.v1",
			Data: []byte(`{"customerId":"cust-456","items":[{"productId":"product-1","name":"Enamel mug","quantity":2,"unitPrice":{"amount":2999,"currency":"USD"}},` +
				`{"productId":"product-2","quantity":1,"unitPrice":{"amount":4999,"currency":"USD"}}],"recipient":{"name":"Ada Lovelace","line1":"12 St James Sq",` +
				`"city":"London","postalCode":"SW1Y 4JH","country":"GB"},"paymentMethod":"tok_ok","at":"2026-01-01T00:00:00Z"}`),
			Correlation: "01234567-89ab-cdef-0123-456789abcdef",
			Actor:       "client",
		}},
		Command: eventstore.CommandID{Key: "01234567-89ab-cdef-0123-456789abcdef", Fingerprint: "AAAAAAAAAAAAAAAAAAAAAA"},
		At:      time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
	}
}

// attributes is the same item as one would write it by hand.
func attributes(stream eventstore.StreamID) (map[string]types.AttributeValue, error) {
	c, err := eventstore.NoStream(stream).Extend(stream, sample())
	if err != nil {
		return nil, err
	}
	i := c.Item()
	return map[string]types.AttributeValue{
		"p":  &types.AttributeValueMemberS{Value: i.P},
		"v":  &types.AttributeValueMemberN{Value: strconv.Itoa(int(i.V))},
		"n":  &types.AttributeValueMemberN{Value: strconv.Itoa(i.N)},
		"e":  &types.AttributeValueMemberS{Value: i.E},
		"c":  &types.AttributeValueMemberS{Value: i.C},
		"at": &types.AttributeValueMemberS{Value: i.At},
	}, nil
}

func appends(ctx context.Context, client *dynamodb.Client) ([]figure, error) {
	const table = "appends"
	if err := dynamostore.Create(ctx, client, dynamostore.EventsTable, table); err != nil {
		return nil, err
	}
	store := dynamostore.New(client, table)
	ours := func(ctx context.Context) error {
		stream := newStream("order")
		_, err := store.Append(ctx, stream, eventstore.NoStream(stream), sample())
		return err
	}
	put := func(ctx context.Context) error {
		item, err := attributes(newStream("order"))
		if err != nil {
			return err
		}
		_, err = client.PutItem(ctx, &dynamodb.PutItemInput{TableName: new(table), Item: item})
		return err
	}
	conditional := func(ctx context.Context) error {
		item, err := attributes(newStream("order"))
		if err != nil {
			return err
		}
		_, err = client.PutItem(ctx, &dynamodb.PutItemInput{
			TableName: new(table), Item: item,
			ConditionExpression:                 new("attribute_not_exists(p)"),
			ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		})
		return err
	}
	transaction := func(ctx context.Context) error {
		stream := newStream("order")
		item, err := attributes(stream)
		if err != nil {
			return err
		}
		head := map[string]types.AttributeValue{
			"p": &types.AttributeValueMemberS{Value: stream.String() + "/head"},
			"v": &types.AttributeValueMemberN{Value: "0"},
		}
		_, err = client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
			{Put: &types.Put{TableName: new(table), Item: item, ConditionExpression: new("attribute_not_exists(p)")}},
			{Put: &types.Put{TableName: new(table), Item: head}},
		}})
		return err
	}
	const batch, rounds = 100, 61
	for _, write := range []func(context.Context) error{ours, put, conditional, transaction} {
		// A Java program is fast only after it has done a thing often.
		if err := times(2000, write)(ctx); err != nil {
			return nil, err
		}
	}
	a, err := pairs(ctx, "append vs PutItem", rounds, times(batch, ours), times(batch, put))
	if err != nil {
		return nil, err
	}
	c, err := pairs(ctx, "append vs conditional PutItem", rounds, times(batch, ours), times(batch, conditional))
	if err != nil {
		return nil, err
	}
	b, err := pairs(ctx, "append vs transaction", rounds, times(batch, ours), times(batch, transaction))
	return []figure{
		a.atMost("append", "raw SDK `PutItem` of the same bytes", 1.05),
		{what: "append", control: "the same under the condition that there is no such item", value: c.String(), spread: c.spread()},
		b.atMost("append", "a transaction of two items: event and head", 0.60),
	}, err
}
