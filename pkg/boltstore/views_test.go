package boltstore_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/viewtest"
)

func TestViews(t *testing.T) {
	viewtest.Run(t, func(testing.TB) readmodel.Store { return boltstore.NewViews() })
}

func TestViewsAreReadWhileTheyAreWritten(t *testing.T) {
	views := boltstore.NewViews()
	var wg sync.WaitGroup
	for writer := range 4 {
		wg.Go(func() {
			for i := range 500 {
				id, revision := fmt.Sprintf("%d-%d", writer, i/2), int64(i%2)
				row := readmodel.Row{
					Key: readmodel.Key{View: "v", Tenant: "t", ID: id}, Revision: revision,
					Lists: []string{"all"}, Sort: fmt.Sprint(revision),
				}
				if err := views.Put(t.Context(), row); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			for range 500 {
				rows, err := views.List(t.Context(), readmodel.Page{View: "v", Tenant: "t", List: "all", Limit: 10, Descending: writer%2 == 0})
				if err != nil {
					t.Error(err)
				}
				for _, r := range rows {
					if _, err := views.Get(t.Context(), r.Key); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	rows, err := views.List(t.Context(), readmodel.Page{View: "v", Tenant: "t", List: "all", Limit: 10_000})
	if err != nil || len(rows) != 1000 {
		t.Errorf("got %d rows, %v; want 1000", len(rows), err)
	}
}

func TestARowMayNameAListTwice(t *testing.T) {
	views := boltstore.NewViews()
	row := readmodel.Row{Key: readmodel.Key{View: "v", Tenant: "t", ID: "1"}, Lists: []string{"all", "all"}}
	page := readmodel.Page{View: "v", Tenant: "t", List: "all", Limit: 10}
	for want := 1; want >= 0; want-- {
		if err := views.Put(t.Context(), row); err != nil {
			t.Fatal(err)
		}
		rows, err := views.List(t.Context(), page)
		if err != nil || len(rows) != want {
			t.Fatalf("got %v, %v; want %d rows", rows, err, want)
		}
		row.Revision, row.Lists = 1, nil
	}
}

func ExampleViews() {
	ctx := context.Background()
	views := boltstore.NewViews()
	for i, name := range []string{"Ada", "Grace", "Barbara"} {
		views.Put(ctx, readmodel.Row{
			Key:  readmodel.Key{View: "people", Tenant: "t", ID: fmt.Sprint(i)},
			Data: fmt.Appendf(nil, "%q", name), Lists: []string{"all"}, Sort: name,
		})
	}
	rows, err := views.List(ctx, readmodel.Page{View: "people", Tenant: "t", List: "all", Limit: 2})
	for _, r := range rows {
		fmt.Println(string(r.Data), r.Revision)
	}
	fmt.Println(err)
	// Output:
	// "Ada" 1
	// "Barbara" 1
	// <nil>
}
