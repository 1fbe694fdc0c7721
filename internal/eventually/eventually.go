// Package eventually waits for a state of something outside the test's control:
// another process, an emulator, a browser. Everything else that waits belongs
// into a bubble (package bubble).
package eventually

import (
	"fmt"
	"os"
	"testing"
	"time"
)

const (
	interval = 20 * time.Millisecond
	reminder = time.Minute
)

// Until returns when done reports true. It has no deadline, because a slow
// machine is not a fault: a state that never comes is ended by the timeout of
// go test, and until then a line on standard error names it once a minute.
func Until(t testing.TB, state string, done func() bool) {
	t.Helper()
	reminded := time.Now()
	for !done() {
		if err := t.Context().Err(); err != nil {
			t.Fatalf("the test ended before %s: %v", state, err)
		}
		time.Sleep(interval)
		if time.Since(reminded) > reminder {
			reminded = time.Now()
			fmt.Fprintf(os.Stderr, "%s still waits until %s\n", t.Name(), state)
		}
	}
}
