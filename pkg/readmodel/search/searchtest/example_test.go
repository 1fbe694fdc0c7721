package searchtest_test

import (
	"fmt"

	"github.com/daybook-es/daybook/pkg/readmodel/search/searchtest"
)

// Each law is a sentence; Run checks them all.
func Example() {
	fmt.Println(searchtest.Laws()[0].Name)
	// Output: a row that was never put is not there
}
