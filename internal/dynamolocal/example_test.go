package dynamolocal_test

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/daybook-es/daybook/internal/dynamolocal"
)

// It has no output to compare: where Java is missing there is none.
func Example() {
	ctx := context.Background()
	endpoint, stop, err := dynamolocal.Start(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer stop()
	tables, err := dynamolocal.Client(endpoint).ListTables(ctx, new(dynamodb.ListTablesInput))
	fmt.Println(tables.TableNames, err)
}
