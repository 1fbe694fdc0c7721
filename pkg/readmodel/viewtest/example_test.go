package viewtest_test

import (
	"fmt"

	"github.com/daybook-es/daybook/pkg/readmodel/viewtest"
)

func ExampleLaws() {
	for _, law := range viewtest.Laws()[:5] {
		fmt.Println(law.Name)
	}
	// Output:
	// a row that was never put is not there
	// a row is read as it was put
	// a row is replaced whole
	// a put on a stale revision is refused and changes nothing
	// of 20 racing puts exactly one wins
}
