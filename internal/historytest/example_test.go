package historytest_test

import (
	"fmt"

	"pgregory.net/rapid"

	"github.com/daybook-es/daybook/internal/historytest"
)

func ExampleDraw() {
	size := historytest.Size{Orders: 3, Least: 5, Most: 5}
	h := rapid.Custom(func(t *rapid.T) *historytest.History { return historytest.Draw(t, "t", size) }).Example(1)
	fmt.Println(len(h.Commits) <= 5, h.Accepted >= len(h.Commits))
	// Output: true true
}
