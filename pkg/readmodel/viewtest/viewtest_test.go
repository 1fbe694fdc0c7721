package viewtest_test

import (
	"slices"
	"testing"
	"testing/synctest"

	"github.com/daybook-es/daybook/internal/lawtest"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/viewtest"
)

func TestAStoreThatKeepsTheContractPasses(t *testing.T) {
	viewtest.Run(t, func(testing.TB) readmodel.Store { return new(naive) })
}

func TestAStoreThatBreaksALawFailsIt(t *testing.T) {
	faults := map[fault]string{
		"finds what was never put":       "a row that was never put is not there",
		"loses the sort":                 "a row is read as it was put",
		"loses positions":                "a row is read as it was put",
		"keeps positions":                "a row is replaced whole",
		"keeps data":                     "a row is replaced whole",
		"ignores revisions":              "a put on a stale revision is refused and changes nothing",
		"creates at any revision":        "a put on a stale revision is refused and changes nothing",
		"takes revisions to come":        "a put on a stale revision is refused and changes nothing",
		"checks, then writes":            "of 20 racing puts exactly one wins",
		"shares what it is given":        "what a caller changes is not changed in the store",
		"shares what it returns":         "what a caller changes is not changed in the store",
		"keeps 64 KB":                    "a row of 100 KB is kept",
		"lists without data":             "a row stands in its lists, and in no other",
		"has one list":                   "a row stands in its lists, and in no other",
		"never leaves a list":            "a row that is put elsewhere leaves where it stood",
		"sorts by id":                    "a list is in the order of sort, then of id",
		"sorts ties upwards":             "a list is in the order of sort, then of id",
		"sorts texts as numbers":         "a list is in the order of sort, then of id",
		"has no limit":                   "a page has no more rows than its limit",
		"begins anew without an id":      "a page begins after any place, where no row ever stood as well",
		"begins at the place":            "paging skips and repeats no row",
		"skips ties":                     "paging skips and repeats no row",
		"looks for the row of the place": "paging skips and repeats no row while others come and go",
		"mixes tenants":                  "tenants see their own rows",
		"lists all tenants":              "tenants see their own rows",
		"mixes views":                    "views have rows of their own",
		"lists all views":                "views have rows of their own",
		"lists by prefix":                "names that begin alike are different names",
		"sums all groups":                "a sum is what rows contribute to it",
		"shows what is 0":                "a sum is what rows contribute to it",
		"counts twice as once":           "a sum is what rows contribute to it",
		"adds what was added before":     "a row that is put again contributes what it does now",
		"counts before it checks":        "a stale put changes no sum",
		"counts races":                   "of 20 racing puts one contributes, and of 20 rows all do",
		"ranks by id":                    "the largest sums come first",
		"ranks what is below 0":          "the largest sums come first",
		"ranks without limit":            "the largest sums come first",
		"holds the upper bound":          "sums are bounded by their ids",
		"leaves out the lower bound":     "sums are bounded by their ids",
		"counts in 64 bits":              "a sum is exact when it is larger than one amount can be",
		"keeps 100 sums":                 "a row contributes to 250 sums",
		"takes any name":                 "a sum whose name no store keeps is refused",
		"sums all tenants":               "tenants and views have sums of their own",
		"sums all views":                 "tenants and views have sums of their own",
	}
	var broken []string
	for fault, name := range faults {
		t.Run(string(fault), func(t *testing.T) {
			if !fails(t, law(t, name), &naive{fault: fault}) {
				t.Errorf("passes %q", name)
			}
		})
		broken = append(broken, name)
	}
	for _, law := range viewtest.Laws() {
		if !slices.Contains(broken, law.Name) {
			t.Errorf("no store breaks %q", law.Name)
		}
	}
}

func law(t *testing.T, name string) viewtest.Law {
	t.Helper()
	for _, law := range viewtest.Laws() {
		if law.Name == name {
			return law
		}
	}
	t.Fatalf("there is no law %q", name)
	return viewtest.Law{}
}

// fails reports whether the store fails the law.
func fails(t *testing.T, law viewtest.Law, store readmodel.Store) bool {
	t.Helper()
	failed := false
	synctest.Test(t, func(t *testing.T) { // in which a law's waiting takes no time
		failed = lawtest.Fails(t, func(t testing.TB) { law.Check(t, store) })
	})
	return failed
}
