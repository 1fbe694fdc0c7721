package dynamostore_test

import (
	"fmt"

	"github.com/daybook-es/daybook/pkg/dynamostore"
)

// A template, or Terraform, can be checked against the definitions.
func Example() {
	for _, table := range dynamostore.Schema() {
		fmt.Println(*table.TableName, table.BillingMode, "stream:", table.StreamSpecification != nil)
		for _, key := range table.KeySchema {
			fmt.Println(*key.AttributeName, key.KeyType)
		}
	}
	// Output:
	// events PAY_PER_REQUEST stream: true
	// p HASH
	// v RANGE
	// views PAY_PER_REQUEST stream: false
	// p HASH
	// s RANGE
	// sandbox PAY_PER_REQUEST stream: false
	// p HASH
	// s RANGE
	// connections PAY_PER_REQUEST stream: false
	// p HASH
	// s RANGE
}
