package dynamostore_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/internal/dynamolocal"
	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// A command is a load and an append. What the store adds to the SDK's own work
// is little: a twentieth or so, and never more than 15 %.
func TestACommandAllocatesLittleMoreThanItsTwoRequests(t *testing.T) {
	old, err := eventstore.NoStream(stream).Extend(stream, placed("first"))
	if err != nil {
		t.Fatal(err)
	}
	i := old.Item()
	page, err := json.Marshal(map[string]any{"Count": 1, "ScannedCount": 1, "Items": []any{map[string]any{
		"p": map[string]string{"S": i.P}, "v": map[string]string{"N": "1"}, "n": map[string]string{"N": "1"},
		"e": map[string]string{"S": i.E}, "c": map[string]string{"S": i.C}, "at": map[string]string{"S": i.At},
		"s": map[string]string{"S": i.S}, "sv": map[string]string{"N": "1"},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	client := dynamolocal.Client("http://127.0.0.1:1", func(o *dynamodb.Options) {
		o.HTTPClient = &http.Client{Transport: answering(func(r *http.Request) (*http.Response, error) {
			body := page
			if strings.HasSuffix(r.Header.Get("X-Amz-Target"), "PutItem") {
				body = []byte("{}")
			}
			return &http.Response{StatusCode: 200, Header: http.Header{}, Request: r, Body: io.NopCloser(bytes.NewReader(body))}, nil
		})}
	})

	ctx, table, next := t.Context(), "events", placed("second")
	raw := testing.AllocsPerRun(200, func() {
		_, err := client.Query(ctx, &dynamodb.QueryInput{
			TableName: &table, KeyConditionExpression: new("p = :p"), ScanIndexForward: new(false), Limit: new(int32(1)),
			ExpressionAttributeValues: map[string]types.AttributeValue{":p": &types.AttributeValueMemberS{Value: i.P}},
		})
		if err != nil {
			t.Fatal(err)
		}
		text := func(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
		number := func(s string) types.AttributeValue { return &types.AttributeValueMemberN{Value: s} }
		_, err = client.PutItem(ctx, &dynamodb.PutItemInput{
			TableName: &table, ConditionExpression: new("attribute_not_exists(p)"),
			Item: map[string]types.AttributeValue{
				"p": text(i.P), "v": number("2"), "n": number("1"), "e": text(i.E), "c": text(i.C),
				"at": text(i.At), "s": text(i.S), "sv": number("1"),
			},
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	store := dynamostore.New(client, table)
	ours := testing.AllocsPerRun(200, func() {
		commits, err := store.Load(ctx, stream, eventstore.Latest, 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := store.Append(ctx, stream, commits[0].End(), next); err != nil {
			t.Fatal(err)
		}
	})
	t.Logf("raw %.0f, ours %.0f: %.3f", raw, ours, ours/raw)
	if ours > 1.15*raw {
		t.Errorf("%.0f allocations where the requests have %.0f", ours, raw)
	}
}

// placed is a commit of the usual size: an order of three items, its state as
// snapshot.
func placed(key string) eventstore.Commit {
	c := commit(key)
	c.Events[0].Data = json.RawMessage(`{"customerId":"cust-1","items":[` +
		strings.Repeat(`{"productId":"product-1","name":"Paper, ruled","quantity":2,"unitPrice":{"amount":2999,"currency":"USD"}},`, 2) +
		`{"productId":"product-2","quantity":1,"unitPrice":{"amount":500,"currency":"USD"}}],"paymentMethod":"tok_ok"}`)
	c.Snapshot = &eventstore.Snapshot{Schema: 1, Data: json.RawMessage(`{"state":` + string(c.Events[0].Data) + `}`)}
	return c
}
