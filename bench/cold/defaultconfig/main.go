// Defaultconfig is a Lambda as the SDK's documentation shows it: it loads its
// configuration by the SDK's own loader, and puts items and queries them.
package main

import (
	"context"
	"encoding/json"
	"log"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	client := dynamodb.NewFromConfig(cfg)
	lambda.Start(func(ctx context.Context, _ json.RawMessage) (int, error) {
		table, id := "events", types.AttributeValue(&types.AttributeValueMemberS{Value: "order-1"})
		_, err := client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &table, Item: map[string]types.AttributeValue{"p": id}})
		if err != nil {
			return 0, err
		}
		got, err := client.Query(ctx, &dynamodb.QueryInput{
			TableName: &table, KeyConditionExpression: new("p = :p"), ExpressionAttributeValues: map[string]types.AttributeValue{":p": id},
		})
		if err != nil {
			return 0, err
		}
		return len(got.Items), nil
	})
}
