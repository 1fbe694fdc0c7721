package dynamostore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/pkg/readmodel"
)

// The plain names of the tables, which say what each is for.
const (
	EventsTable  = "events"  // of a [Store]
	ViewsTable   = "views"   // of [Views]
	SandboxTable = "sandbox" // of [Ledgers]

	ConnectionsTable = "connections" // of [Connections]
)

// Schema returns the definitions of the tables, under their plain names. Beyond
// what it says, those of events and of sandboxes need point-in-time recovery,
// which DynamoDB takes in a request of its own; views are folded again, and
// connections, which need a time to live at [Expires], are made again. Events
// have no index, which would cost each append a second write. Those on views rank
// sums by an amount; they are global, for a local one caps each partition, the
// lists included, at 10 GB.
func Schema() []*dynamodb.CreateTableInput {
	events := definition(EventsTable, "v", types.ScalarAttributeTypeN)
	events.StreamSpecification = &types.StreamSpecification{
		StreamEnabled: new(true), StreamViewType: types.StreamViewTypeNewImage,
	}
	views := definition(ViewsTable, "s", types.ScalarAttributeTypeS)
	for _, by := range []string{readmodel.ByAmount, readmodel.ByTimes} {
		views.AttributeDefinitions = append(views.AttributeDefinitions, types.AttributeDefinition{
			AttributeName: new(amountAt(by)), AttributeType: types.ScalarAttributeTypeN,
		})
		views.GlobalSecondaryIndexes = append(views.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
			IndexName: new(indexOf(by)),
			KeySchema: []types.KeySchemaElement{
				{AttributeName: new("p"), KeyType: types.KeyTypeHash},
				{AttributeName: new(amountAt(by)), KeyType: types.KeyTypeRange},
			},
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
		})
	}
	connections := definition(ConnectionsTable, "s", types.ScalarAttributeTypeS)
	connections.DeletionProtectionEnabled = new(false)
	return []*dynamodb.CreateTableInput{
		events,
		views,
		definition(SandboxTable, "s", types.ScalarAttributeTypeS),
		connections,
	}
}

func definition(name, sortKey string, of types.ScalarAttributeType) *dynamodb.CreateTableInput {
	return &dynamodb.CreateTableInput{
		TableName: &name,
		KeySchema: []types.KeySchemaElement{
			{AttributeName: new("p"), KeyType: types.KeyTypeHash},
			{AttributeName: &sortKey, KeyType: types.KeyTypeRange},
		},
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: new("p"), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: &sortKey, AttributeType: of},
		},
		BillingMode:               types.BillingModePayPerRequest,
		DeletionProtectionEnabled: new(true),
	}
}

// Create makes the table of a plain name under a name of its own and waits until
// it can be used. It is for places that have no template: tests, and emulators.
func Create(ctx context.Context, client *dynamodb.Client, plain, name string) error {
	tables := Schema()
	i := slices.IndexFunc(tables, func(t *dynamodb.CreateTableInput) bool { return *t.TableName == plain })
	if i < 0 {
		return fmt.Errorf("create table %s: %q is no table of the schema", name, plain)
	}
	tables[i].TableName = &name
	if _, err := client.CreateTable(ctx, tables[i]); err != nil {
		return fmt.Errorf("create table %s: %w", name, err)
	}
	if err := active(ctx, client, name); err != nil {
		return fmt.Errorf("create table %s: %w", name, err)
	}
	return nil
}

// active waits until a table can be used. The SDK's waiter pauses 20 seconds
// after its first look.
func active(ctx context.Context, client *dynamodb.Client, name string) error {
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		described, err := client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &name})
		_, missing := errors.AsType[*types.ResourceNotFoundException](err) // it is not seen at once
		switch {
		case err != nil && !missing:
			return err
		case err == nil && described.Table.TableStatus == types.TableStatusActive:
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}
