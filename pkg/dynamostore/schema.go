package dynamostore

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Schema returns the definitions of the tables, under their plain names. Beyond
// what it says, a table of events needs point-in-time recovery, which DynamoDB
// takes in a request of its own. It has no secondary index: an index would cost
// each append a second write.
func Schema() []*dynamodb.CreateTableInput {
	return []*dynamodb.CreateTableInput{{
		TableName: new("events"),
		KeySchema: []types.KeySchemaElement{
			{AttributeName: new("p"), KeyType: types.KeyTypeHash},
			{AttributeName: new("v"), KeyType: types.KeyTypeRange},
		},
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: new("p"), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: new("v"), AttributeType: types.ScalarAttributeTypeN},
		},
		BillingMode: types.BillingModePayPerRequest,
		StreamSpecification: &types.StreamSpecification{
			StreamEnabled: new(true), StreamViewType: types.StreamViewTypeNewImage,
		},
		DeletionProtectionEnabled: new(true),
	}}
}

// Create makes a table of events and waits until it can be used. It is for
// places that have no template: tests, and emulators.
func Create(ctx context.Context, client *dynamodb.Client, table string) error {
	events := Schema()[0]
	events.TableName = &table
	if _, err := client.CreateTable(ctx, events); err != nil {
		return fmt.Errorf("create table %s: %w", table, err)
	}
	err := dynamodb.NewTableExistsWaiter(client).Wait(ctx, &dynamodb.DescribeTableInput{TableName: &table}, time.Minute)
	if err != nil {
		return fmt.Errorf("create table %s: %w", table, err)
	}
	return nil
}
