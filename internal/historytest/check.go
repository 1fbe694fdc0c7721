package historytest

import (
	"flag"
	"fmt"
	"runtime/debug"
	"slices"
	"testing"

	"pgregory.net/rapid"
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

// Check checks a property of histories, so many in a row, until so many commands
// were accepted, or a twentieth of that with -short or the race detector. The
// property returns the history that it drew.
func Check(t *testing.T, accepted, row int, property func(*rapid.T) *History) {
	t.Helper()
	if brief() {
		accepted /= 20
	}
	if testing.Short() {
		row *= 5 // of which rapid takes a fifth
	}
	usual := flag.Lookup("rapid.checks").Value.String()
	if err := flag.Set("rapid.checks", fmt.Sprint(row)); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := flag.Set("rapid.checks", usual); err != nil {
			t.Error(err)
		}
	}()
	var all Tally
	for all.Accepted < accepted {
		rapid.Check(t, func(t *rapid.T) { all.add(property(t).Tally) })
	}
	t.Log(&all)
}

func brief() bool {
	info, _ := debug.ReadBuildInfo()
	return testing.Short() || info != nil && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}
