package dynamostore_test

import (
	"fmt"

	"github.com/daybook-es/daybook/pkg/dynamostore"
)

// A template, or Terraform, can be checked against the definitions.
func Example() {
	for _, table := range dynamostore.Schema() {
		fmt.Println(*table.TableName, table.BillingMode, table.StreamSpecification.StreamViewType)
		for _, key := range table.KeySchema {
			fmt.Println(*key.AttributeName, key.KeyType)
		}
	}
	// Output:
	// events PAY_PER_REQUEST NEW_IMAGE
	// p HASH
	// v RANGE
}
