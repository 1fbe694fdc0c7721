package historytest

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/daybook-es/daybook/internal/testsize"
)

// A Tally counts commands.
type Tally struct {
	Accepted int // led to events
	Refused  int
	Idle     int // had nothing left to do
	Written  int // commits that the accepted ones led to
}

func (t *Tally) add(o Tally) {
	t.Accepted, t.Refused, t.Idle, t.Written = t.Accepted+o.Accepted, t.Refused+o.Refused, t.Idle+o.Idle, t.Written+o.Written
}

func (t *Tally) String() string {
	return fmt.Sprintf("%d commands were accepted, which led to %d commits; %d more were refused, and %d had nothing left to do", t.Accepted, t.Written, t.Refused, t.Idle)
}

// Check checks a property of histories until as many commands were accepted as
// the size says. The property returns the history that it drew.
func Check(t *testing.T, accepted testsize.N, property func(*rapid.T) *History) {
	t.Helper()
	var all Tally
	// As many cases as commands are more than enough, and those beyond the size draw
	// nothing: a second rapid.Check would begin from the same seed. After a failure
	// every case draws, because rapid looks for a smaller one.
	failed := false
	testsize.Check(t, accepted, func(t *rapid.T) {
		if all.Accepted >= accepted.Get() && !failed {
			return
		}
		before := failed
		failed = true // unless the property returns
		h := property(t)
		failed = before
		all.add(h.Tally)
	})
	t.Log(&all)
}
