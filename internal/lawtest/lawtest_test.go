package lawtest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/daybook-es/daybook/internal/lawtest"
)

func TestEveryWayToFailIsTold(t *testing.T) {
	for name, fail := range map[string]func(testing.TB){
		"Error":  func(t testing.TB) { t.Error() },
		"Errorf": func(t testing.TB) { t.Errorf("no") },
		"Fatal":  func(t testing.TB) { t.Fatal() },
		"Fatalf": func(t testing.TB) { t.Fatalf("no") },
	} {
		wentOn := false
		failed := lawtest.Fails(t, func(t testing.TB) {
			fail(t)
			wentOn = true
		})
		if !failed || wentOn != strings.HasPrefix(name, "Error") {
			t.Errorf("%s: failed %v, went on %v", name, failed, wentOn)
		}
	}
	if lawtest.Fails(t, func(t testing.TB) { t.Helper(); t.Log("all is well") }) {
		t.Error("what does not fail fails")
	}
}

func Example() {
	even := func(n int) func(testing.TB) {
		return func(t testing.TB) {
			if n%2 != 0 {
				t.Errorf("%d is odd", n)
			}
		}
	}
	fmt.Println(lawtest.Fails(nil, even(2)), lawtest.Fails(nil, even(3)))
	// Output: false true
}
