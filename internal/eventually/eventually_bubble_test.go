package eventually_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/daybook-es/daybook/internal/eventually"
)

func TestUntilReturnsAtTheFirstTrue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked, start := 0, time.Now()
		eventually.Until(t, "the third question is asked", func() bool { asked++; return asked == 3 })
		if took := time.Since(start); asked != 3 || took != 40*time.Millisecond {
			t.Errorf("asked %d times in %v, want 3 in 40ms", asked, took)
		}
	})
}
