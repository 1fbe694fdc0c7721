package porttest_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/daybook-es/daybook/internal/lawtest"
	"github.com/daybook-es/daybook/pkg/fulfilment/porttest"
)

func TestAPortThatBreaksALawFailsIt(t *testing.T) {
	faults := map[string]string{
		"says that it is done":                                "what is asked for is done",
		"does it each time":                                   "asked again, it gives the first result",
		"makes up a result":                                   "asked again, it gives the first result",
		"looks at what is asked for, not at the key":          "asked again, it gives the first result",
		"looks whether it was done, then does it":             "20 who ask at once get one result, of what was done once",
		"bars and takes nothing back":                         "what was done is taken back once, however often that is asked for",
		"does not say what it took back":                      "what was done is taken back once, however often that is asked for",
		"says once what it took back":                         "what was done is taken back once, however often that is asked for",
		"takes back each time":                                "what was done is taken back once, however often that is asked for",
		"looks whether it was taken back, then takes it back": "20 who take back at once get one answer, of what was taken back once",
		"bars only what was done":                             "a key is barred where nothing was done",
		"takes back what was never done":                      "a key is barred where nothing was done",
		"answers nothing with an empty result":                "a key is barred where nothing was done",
		"does again what it took back":                        "what was taken back is not done again",
		"takes a bar for a fault":                             "what was taken back is not done again",
		"looks for a bar, then does it":                       "done and barred at once, it is done and taken back, or neither",
		"decides anew":                                        "what is refused stays refused, and there is nothing to take back",
		"takes a refusal for a fault":                         "what is refused stays refused, and there is nothing to take back",
		"does what it refuses":                                "what is refused stays refused, and there is nothing to take back",
		"refuses for the first reason for ever":               "what is refused stays refused, and there is nothing to take back",
		"takes keys for words":                                "keys do not know each other, however alike",
		"cuts keys":                                           "keys do not know each other, however alike",
		"forgets what it did":                                 "all of it holds after reopening",
		"forgets bars":                                        "all of it holds after reopening",
		"forgets refusals":                                    "all of it holds after reopening",
	}
	var broken []string
	for fault, name := range faults {
		t.Run(fault, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if !fails(t, law(t, name), harness(fault)) {
					t.Errorf("passes %q", name)
				}
			})
		})
		broken = append(broken, name)
	}
	for _, law := range porttest.Laws[string, string]() {
		if !slices.Contains(broken, law.Name) {
			t.Errorf("no port breaks %q", law.Name)
		}
	}
}

func law(t *testing.T, name string) porttest.Law[string, string] {
	t.Helper()
	for _, law := range porttest.Laws[string, string]() {
		if law.Name == name {
			return law
		}
	}
	t.Fatalf("there is no law %q", name)
	return porttest.Law[string, string]{}
}

// fails reports whether the port fails the law.
func fails(t *testing.T, law porttest.Law[string, string], h porttest.Harness[string, string]) bool {
	t.Helper()
	return lawtest.Fails(t, func(t testing.TB) { law.Check(t, h) })
}

func ExampleLaws() {
	for _, law := range porttest.Laws[string, string]()[:3] {
		fmt.Println(law.Name)
	}
	// Output:
	// what is asked for is done
	// asked again, it gives the first result
	// 20 who ask at once get one result, of what was done once
}
