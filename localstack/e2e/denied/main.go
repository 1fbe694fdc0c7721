// Command denied is a function that tries what nobody may do to the events,
// with the permissions of the role it is given. The system tests deploy it.
package main

import (
	"context"
	"errors"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"github.com/daybook-es/daybook/internal/cloud"
)

func main() {
	env := cloud.Env()
	client := dynamodb.NewFromConfig(env.AWS, func(o *dynamodb.Options) { o.DisableValidateResponseChecksum = true })
	table := env.Get(cloud.EventsTable)
	lambda.Start(func(ctx context.Context, item key) (map[string]string, error) {
		answers := make(map[string]string)
		for name, try := range attempts(client, table, item) {
			answers[name] = code(try(ctx))
		}
		return answers, env.Err()
	})
}

// A key is that of an item that is there.
type key struct{ P, V string }

// code names what came of an attempt: empty if it was granted.
func code(err error) string {
	if err == nil {
		return ""
	}
	if refused, ok := errors.AsType[smithy.APIError](err); ok {
		return refused.ErrorCode()
	}
	return err.Error()
}

func attempts(client *dynamodb.Client, table string, item key) map[string]func(context.Context) error {
	at := map[string]types.AttributeValue{"p": &types.AttributeValueMemberS{Value: item.P}, "v": &types.AttributeValueMemberN{Value: item.V}}
	set := map[string]types.AttributeValue{":e": &types.AttributeValueMemberS{Value: "[]"}}
	batch := func(w types.WriteRequest) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := client.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{table: {w}}})
			return err
		}
	}
	transaction := func(w types.TransactWriteItem) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{w}})
			return err
		}
	}
	statement := func(text string, parameters ...types.AttributeValue) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := client.ExecuteStatement(ctx, &dynamodb.ExecuteStatementInput{Statement: &text, Parameters: parameters})
			return err
		}
	}
	return map[string]func(context.Context) error{
		"UpdateItem": func(ctx context.Context) error {
			_, err := client.UpdateItem(ctx, &dynamodb.UpdateItemInput{TableName: &table, Key: at, UpdateExpression: new("SET e = :e"), ExpressionAttributeValues: set})
			return err
		},
		"DeleteItem": func(ctx context.Context) error {
			_, err := client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &table, Key: at})
			return err
		},
		"BatchWriteItem, a delete":   batch(types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: at}}),
		"BatchWriteItem, a put":      batch(types.WriteRequest{PutRequest: &types.PutRequest{Item: at}}),
		"TransactWriteItems, delete": transaction(types.TransactWriteItem{Delete: &types.Delete{TableName: &table, Key: at}}),
		"TransactWriteItems, update": transaction(types.TransactWriteItem{Update: &types.Update{
			TableName: &table, Key: at, UpdateExpression: new("SET e = :e"), ExpressionAttributeValues: set,
		}}),
		"PartiQL insert": statement(`INSERT INTO "`+table+`" VALUE {'p': ?, 'v': 1}`, &types.AttributeValueMemberS{Value: item.P + "-denied"}),
		"PartiQL update": statement(`UPDATE "`+table+`" SET e = '[]' WHERE p = ? AND v = ?`, at["p"], at["v"]),
		"PartiQL delete": statement(`DELETE FROM "`+table+`" WHERE p = ? AND v = ?`, at["p"], at["v"]),
		"UpdateTimeToLive": func(ctx context.Context) error {
			_, err := client.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
				TableName: &table, TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: new("at"), Enabled: new(true)},
			})
			return err
		},
		"DeleteTable": func(ctx context.Context) error {
			_, err := client.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: &table})
			return err
		},
		"Query": func(ctx context.Context) error {
			_, err := client.Query(ctx, &dynamodb.QueryInput{
				TableName: &table, KeyConditionExpression: new("p = :p"), ExpressionAttributeValues: map[string]types.AttributeValue{":p": at["p"]},
			})
			return err
		},
	}
}
