package searchtest_test

import (
	"slices"
	"testing"
	"testing/synctest"

	"github.com/daybook-es/daybook/internal/lawtest"
	"github.com/daybook-es/daybook/pkg/readmodel/search"
	"github.com/daybook-es/daybook/pkg/readmodel/search/searchtest"
)

func TestAnIndexThatKeepsTheContractPasses(t *testing.T) {
	searchtest.Run(t, func(testing.TB) search.Index { return new(naive) })
}

func TestAnIndexThatBreaksALawFailsIt(t *testing.T) {
	faults := map[fault]string{
		"finds what was never put":          "a row that was never put is not there",
		"loses positions":                   "a row is read as it was put",
		"shares what it is given":           "what a caller changes is not changed in the index",
		"shares what it returns":            "what a caller changes is not changed in the index",
		"ignores revisions":                 "a put on a stale revision is refused and changes nothing",
		"checks, then writes":               "of 20 racing puts exactly one wins",
		"takes 100 words":                   "a row of 2,000 words is found by each",
		"finds by prefix":                   "a row is found by its words, and by no other",
		"finds what holds one of the words": "a row is found by its words, and by no other",
		"never loses a word":                "a row that loses a word is not found by it until it has it again",
		"sorts by id":                       "rows are found in descending order of sort, then of id",
		"sorts ties upwards":                "rows are found in descending order of sort, then of id",
		"has no limit":                      "a page has no more rows than its limit, and paging skips and repeats none",
		"begins at the place":               "a page has no more rows than its limit, and paging skips and repeats none",
		"skips ties":                        "paging skips and repeats no row while others come and go",
		"mixes tenants":                     "tenants find their own rows",
		"finds of all tenants":              "tenants find their own rows",
	}
	broken := []string{"whatever was put, what is found is what holds the words now"} // by several
	for fault, name := range faults {
		t.Run(string(fault), func(t *testing.T) {
			if !fails(t, law(t, name), &naive{fault: fault}) {
				t.Errorf("passes %q", name)
			}
		})
		broken = append(broken, name)
	}
	for _, law := range searchtest.Laws() {
		if !slices.Contains(broken, law.Name) {
			t.Errorf("no index breaks %q", law.Name)
		}
	}
	for _, fault := range []fault{"never loses a word", "finds what holds one of the words"} {
		if !fails(t, law(t, broken[0]), &naive{fault: fault}) {
			t.Errorf("%s: passes %q", fault, broken[0])
		}
	}
}

func law(t *testing.T, name string) searchtest.Law {
	t.Helper()
	for _, law := range searchtest.Laws() {
		if law.Name == name {
			return law
		}
	}
	t.Fatalf("there is no law %q", name)
	return searchtest.Law{}
}

// fails reports whether the index fails the law.
func fails(t *testing.T, law searchtest.Law, index search.Index) bool {
	t.Helper()
	failed := false
	synctest.Test(t, func(t *testing.T) { // in which a law's waiting takes no time
		failed = lawtest.Fails(t, func(t testing.TB) { law.Check(t, index) })
	})
	return failed
}
