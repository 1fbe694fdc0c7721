// Package viewtest is the contract of [readmodel.Store]: a store of rows is one
// that passes it. The test of a new store is one line:
//
//	func TestViews(t *testing.T) {
//		viewtest.Run(t, func(testing.TB) readmodel.Store { return mystore.New() })
//	}
package viewtest

import (
	"testing"

	"github.com/daybook-es/daybook/pkg/readmodel"
)

// A Law is one sentence of the contract, and what tells that it holds. Check is
// given an empty store.
type Law struct {
	Name  string
	Check func(t testing.TB, store readmodel.Store)
}

// Laws returns the whole contract.
func Laws() []Law {
	return []Law{
		{"a row that was never put is not there", neverPut},
		{"a row is read as it was put", readBack},
		{"a row is replaced whole", replaced},
		{"a put on a stale revision is refused and changes nothing", stale},
		{"of 20 racing puts exactly one wins", racing},
		{"what a caller changes is not changed in the store", unshared},
		{"a row of 100 KB is kept", large},
		{"a row stands in its lists, and in no other", listed},
		{"a row that is put elsewhere leaves where it stood", moved},
		{"a list is in the order of sort, then of id", ordered},
		{"a page has no more rows than its limit", limited},
		{"a page begins after any place, where no row ever stood as well", begun},
		{"paging skips and repeats no row", paged},
		{"paging skips and repeats no row while others come and go", pagedMeanwhile},
		{"tenants see their own rows", tenants},
		{"views have rows of their own", views},
		{"names that begin alike are different names", prefixes},
		{"a sum is what rows contribute to it", summed},
		{"a row that is put again contributes what it does now", corrected},
		{"a stale put changes no sum", staleSums},
		{"of 20 racing puts one contributes, and of 20 rows all do", racingSums},
		{"the largest sums come first", ranked},
		{"sums are bounded by their ids", between},
		{"a sum is exact when it is larger than one amount can be", overflowing},
		{"a row contributes to 250 sums", many},
		{"a sum whose name no store keeps is refused", misnamed},
		{"tenants and views have sums of their own", sumsApart},
	}
}

// Run checks every law, each on a store of its own that open returns empty.
func Run(t *testing.T, open func(testing.TB) readmodel.Store) {
	t.Helper()
	for _, law := range Laws() {
		t.Run(law.Name, func(t *testing.T) {
			t.Parallel()
			law.Check(t, open(t))
		})
	}
}
