package bleveindex_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/daybook-es/daybook/pkg/bleveindex"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/search"
	"github.com/daybook-es/daybook/pkg/readmodel/search/searchtest"
)

func TestIndex(t *testing.T) {
	searchtest.Run(t, func(t testing.TB) search.Index { return saving{open(t, bleveindex.Memory)} })
}

// saving saves what is put at once, so that it is found.
type saving struct{ *bleveindex.Index }

func (s saving) Put(ctx context.Context, row readmodel.Row) error {
	if err := s.Index.Put(ctx, row); err != nil {
		return err
	}
	return s.Save(ctx, projection.Place{Seq: 1})
}

func open(t testing.TB, path string) *bleveindex.Index {
	t.Helper()
	x := bleveindex.New(path, slog.New(slog.DiscardHandler))
	if _, err := x.Begin(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	return x
}
