package storetest_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/daybook-es/daybook/internal/lawtest"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/eventstore/storetest"
)

func TestAStoreThatBreaksALawFailsIt(t *testing.T) {
	faults := map[string]string{
		"invents a first commit":              "an unknown stream is empty",
		"loses the actor":                     "what was appended is read back whole, equal and in order",
		"loses the fingerprint":               "what was appended is read back whole, equal and in order",
		"loses the snapshot":                  "what was appended is read back whole, equal and in order",
		"lets time go back":                   "a commit time is in whole milliseconds and never before the one before it",
		"loses the second event":              "the events of a commit stand all or not at all",
		"takes any commit":                    "what cannot be stored is refused and leaves nothing",
		"writes though it was cancelled":      "a cancelled append leaves nothing or all",
		"accepts a stale writer":              "a stale writer is refused and told what it missed",
		"conflicts without saying where":      "a stale writer is refused and told what it missed",
		"calls the wrong commit the next":     "a stale writer is refused and told what it missed",
		"takes a conflict for a fault":        "a stale writer is refused and told what it missed",
		"lets all racers win":                 "of 20 racing writers exactly one wins",
		"conflicts on a repeat":               "a command appended twice is one commit and two successes",
		"answers a repeat with what was sent": "a command appended twice is one commit and two successes",
		"knows a repeat at the head alone":    "a lost reply is answered after others have appended",
		"reads a megabyte":                    "a stream of over 3 MB reads back whole",
		"trusts snapshots of any schema":      "a load begins at the newest snapshot of its schema",
		"begins after the snapshot":           "a load begins at the newest snapshot of its schema",
		"ignores the bound":                   "a load goes as far as it is asked to",
		"cuts a commit at the bound":          "a load goes as far as it is asked to",
		"loads one page":                      "a load finds a snapshot of long ago",
		"leaves a hole":                       "a stream of over 3 MB reads back whole",
		"reads from the start":                "a read goes on from every position",
		"reads what was":                      "a read sees what was appended before it",
		"reads once":                          "a read may be left early and begun again",
		"mixes tenants":                       "streams do not mix, however alike their names",
		"scans all in each segment":           "a scan meets each commit once, each stream in one segment and in order",
		"scans all but one":                   "a scan meets each commit once, each stream in one segment and in order",
		"answers a racing repeat by conflict": "a command repeated at once by 20 is one commit and 20 successes",
	}
	var broke []string
	for fault, name := range faults {
		t.Run(fault, func(t *testing.T) {
			if fault == "answers a racing repeat by conflict" {
				fault = "conflicts on a repeat"
			}
			if !fails(t, law(t, name), &broken{fault: fault}) {
				t.Errorf("passes %q", name)
			}
		})
		broke = append(broke, name)
	}
	for _, law := range storetest.Laws() {
		if !slices.Contains(broke, law.Name) {
			t.Errorf("no store breaks %q", law.Name)
		}
		if fails(t, law, new(memstore.Store)) {
			t.Errorf("a whole store fails %q", law.Name)
		}
	}
}

func law(t *testing.T, name string) storetest.Law {
	t.Helper()
	for _, law := range storetest.Laws() {
		if law.Name == name {
			return law
		}
	}
	t.Fatalf("there is no law %q", name)
	return storetest.Law{}
}

// fails reports whether the store fails the law.
func fails(t *testing.T, law storetest.Law, store eventstore.Store) bool {
	t.Helper()
	return lawtest.Fails(t, func(t testing.TB) { law.Check(t, store) })
}

func ExampleLaws() {
	for _, law := range storetest.Laws()[:3] {
		fmt.Println(law.Name)
	}
	// Output:
	// an unknown stream is empty
	// what was appended is read back whole, equal and in order
	// a commit time is in whole milliseconds and never before the one before it
}
