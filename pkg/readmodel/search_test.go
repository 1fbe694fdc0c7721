package readmodel_test

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/daybook-es/daybook/pkg/bleveindex"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/search"
)

// crashing is an index that fails after so many operations, and then is as it
// was when it was saved last.
type crashing struct {
	*bleveindex.Index
	left int // below 0: it does not fail
}

func (c *crashing) fails() bool {
	c.left--
	return c.left == -1
}

func (c *crashing) Get(ctx context.Context, key readmodel.Key) (readmodel.Row, error) {
	if c.fails() {
		return readmodel.Row{}, errCutOff
	}
	return c.Index.Get(ctx, key)
}

func (c *crashing) Put(ctx context.Context, row readmodel.Row) error {
	if c.fails() {
		return errCutOff
	}
	return c.Index.Put(ctx, row)
}

// However commits are delivered, and wherever it crashes, an index finds what the
// aggregates say.
func TestSearchFindsWhatTheAggregatesSayHoweverItIsDelivered(t *testing.T) {
	index := bleveindex.New(bleveindex.Memory, slog.New(slog.DiscardHandler))
	if _, err := index.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := index.Close(); err != nil {
			t.Error(err)
		}
	}()
	rapid.Check(t, func(t *rapid.T) {
		h, ctx := aHistory(t), context.Background()
		if err := index.Reset(ctx); err != nil {
			t.Fatal(err)
		}
		crashes := &crashing{Index: index}
		view, queue := search.New(crashes, h.store), h.commits
		if len(queue) > 0 {
			queue = rapid.Permutation(append(slices.Clone(queue), queue[:len(queue)/2]...)).Draw(t, "queue")
		}
		var unsaved []eventstore.Commit
		for faults := 5; len(queue) > 0; {
			n := rapid.IntRange(1, len(queue)).Draw(t, "batch")
			crashes.left = -1
			if faults > 0 {
				crashes.left = rapid.IntRange(0, 4*n).Draw(t, "operations before a crash")
			}
			switch err := view.Apply(ctx, queue[:n]...); {
			case errors.Is(err, errCutOff):
				faults--
				queue, unsaved = append(unsaved, queue...), nil
				if _, err := index.Begin(ctx); err != nil {
					t.Fatal(err)
				}
			case err != nil:
				t.Fatal(err)
			default:
				queue, unsaved = queue[n:], append(unsaved, queue[:n]...)
				if len(queue) == 0 || rapid.IntRange(0, 3).Draw(t, "save") == 0 {
					unsaved = nil
					if err := index.Save(ctx, projection.Place{Seq: 1}); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		h.agreeSearch(t, index)
	})
}

func (h *history) agreeSearch(t *rapid.T, index search.Index) {
	said := make(map[order.ID][]string) // words
	asked := []string{"nothing"}
	for id, s := range h.orders {
		if s.Status == order.StatusNone {
			continue
		}
		texts := []string{string(s.CustomerID), "Ada", s.CancelReason, h.shipments[id].TrackingNumber}
		for _, i := range s.Items {
			texts = append(texts, string(i.ProductID), i.Name)
		}
		said[order.ID(id)] = search.Words(texts...)
		asked = append(asked, said[order.ID(id)]...)
		asked = append(asked, strings.Join(said[order.ID(id)], " "))
	}
	for _, text := range asked {
		var want []order.ID
		for id, words := range said {
			if !slices.ContainsFunc(search.Words(text), func(w string) bool { return !slices.Contains(words, w) }) {
				want = append(want, id)
			}
		}
		slices.SortFunc(want, func(a, b order.ID) int {
			if c := h.placed[string(b)].Compare(h.placed[string(a)]); c != 0 {
				return c
			}
			return strings.Compare(string(b), string(a))
		})
		hits, next, err := search.Find(context.Background(), index, "t", search.Query{Text: text, Limit: 3})
		var got []order.ID
		for _, hit := range hits {
			got = append(got, hit.ID)
			if s := h.orders[string(hit.ID)]; hit.Status != s.Status || hit.Total != s.Total || hit.Version != h.version(order.Category, string(hit.ID)) {
				t.Fatalf("found %+v, and it is %+v", hit, s)
			}
		}
		if err != nil || next != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: found %v, %v, %v; want %v", text, got, next, err, want)
		}
	}
}
