package journaltest_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/daybook-es/daybook/internal/lawtest"
	"github.com/daybook-es/daybook/pkg/readmodel/journal/journaltest"
)

func TestAJournalThatKeepsTheContractPasses(t *testing.T) {
	journaltest.Run(t, func(testing.TB) journaltest.Harness { return new(naive).harness() })
}

func TestAJournalThatBreaksALawFailsIt(t *testing.T) {
	faults := map[fault]string{
		"begins with something":               "an empty journal is at its end",
		"takes what comes as it comes":        "everything comes once, of one stream in order",
		"shows snapshots":                     "a commit is read as it was appended, but for what is not shown",
		"has no actors":                       "a commit is read as it was appended, but for what is not shown",
		"goes on at the end":                  "a follower misses nothing that comes meanwhile",
		"gives all entries the page's cursor": "from every cursor the rest comes",
		"ends at the beginning":               "what comes after the end was asked for is after it",
		"mixes tenants":                       "tenants do not see each other",
		"ignores times":                       "what was committed before a time is left out, and no more",
		"leaves out what is late":             "what was committed before a time is left out, and no more",
		"takes any cursor":                    "a cursor that was never given out has no place",
		"has no size":                         "a large page is cut, and goes on",
		"promises what has not arrived":       "what was appended before the journal is complete to is in it",
		"ignores the context":                 "a cancelled context is told",
	}
	var broken []string
	for fault, name := range faults {
		t.Run(string(fault), func(t *testing.T) {
			if !fails(t, law(t, name), (&naive{fault: fault}).harness()) {
				t.Errorf("passes %q", name)
			}
		})
		broken = append(broken, name)
	}
	for _, law := range journaltest.Laws() {
		if !slices.Contains(broken, law.Name) {
			t.Errorf("no journal breaks %q", law.Name)
		}
	}
}

func law(t *testing.T, name string) journaltest.Law {
	t.Helper()
	for _, law := range journaltest.Laws() {
		if law.Name == name {
			return law
		}
	}
	t.Fatalf("there is no law %q", name)
	return journaltest.Law{}
}

// fails reports whether the journal fails the law.
func fails(t *testing.T, law journaltest.Law, h journaltest.Harness) bool {
	t.Helper()
	failed := false
	synctest.Test(t, func(t *testing.T) { // in which a law's waiting takes no time
		failed = lawtest.Fails(t, func(t testing.TB) { law.Check(t, h) })
	})
	return failed
}

func ExampleLaws() {
	for _, law := range journaltest.Laws()[:3] {
		fmt.Println(law.Name)
	}
	// Output:
	// an empty journal is at its end
	// everything comes once, of one stream in order
	// a commit is read as it was appended, but for what is not shown
}
