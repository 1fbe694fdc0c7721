package dynamostore_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/internal/dynamolocal"
	"github.com/daybook-es/daybook/pkg/dynamostore"
)

func TestEachTableIsCreatedAsTheSchemaSays(t *testing.T) {
	for _, want := range dynamostore.Schema() {
		client, name := tableOf(t, *want.TableName)
		got, err := client.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &name})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "keys", got.Table.KeySchema, want.KeySchema)
		same(t, "attributes", got.Table.AttributeDefinitions, want.AttributeDefinitions)
		same(t, "stream", got.Table.StreamSpecification, want.StreamSpecification)
		same(t, "protection", got.Table.DeletionProtectionEnabled, want.DeletionProtectionEnabled)
		same(t, "local indexes", len(got.Table.LocalSecondaryIndexes), 0)
		indexes := map[string][]types.KeySchemaElement{}
		for _, i := range got.Table.GlobalSecondaryIndexes {
			indexes[*i.IndexName] = i.KeySchema
		}
		for _, i := range want.GlobalSecondaryIndexes {
			same(t, *i.IndexName, indexes[*i.IndexName], i.KeySchema)
		}
		same(t, "indexes", len(indexes), len(want.GlobalSecondaryIndexes))
	}
}

func TestATableOfNoSchemaIsRefused(t *testing.T) {
	client := dynamolocal.Client("http://127.0.0.1:1") // any request would fail
	err := dynamostore.Create(t.Context(), client, "journal", "journal-1")
	if err == nil || err.Error() != `create table journal-1: "journal" is no table of the schema` {
		t.Errorf("got %v", err)
	}
}
