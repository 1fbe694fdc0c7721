package readmodel_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/orderdetails"
	"github.com/daybook-es/daybook/pkg/readmodel/orderlist"
	"github.com/daybook-es/daybook/pkg/readmodel/stocklevels"
)

func viewsOver(rows readmodel.Store, events eventstore.Store) []projection.View {
	return []projection.View{orderdetails.New(rows, events), orderlist.New(rows, events), stocklevels.New(rows, events)}
}

// However it is delivered, what the views hold is what one delivery of
// everything in order leads to; and that is what the aggregates say.
func TestReadModelsComeOutTheSameHoweverTheyAreDelivered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, ctx := aHistory(t), context.Background()
		straight := boltstore.NewViews()
		for _, view := range viewsOver(straight, h.store) {
			if err := view.Apply(ctx, h.commits...); err != nil {
				t.Fatal(err)
			}
		}
		h.agrees(t, straight)

		rows := &flaky{Store: boltstore.NewViews()}
		for _, view := range viewsOver(rows, h.store) {
			deliver(t, h, rows, view)
		}
		for stream := range h.ends {
			for _, name := range []string{orderdetails.View, orderlist.View, stocklevels.View} {
				key := readmodel.Key{View: name, Tenant: stream.Tenant, ID: stream.ID}
				if got, want := read(t, rows, key), read(t, straight, key); !reflect.DeepEqual(got, want) {
					t.Fatalf("got  %+v\nwant %+v", got, want)
				}
			}
		}
		h.agrees(t, rows)
	})
}

// deliver brings each commit at least once, in batches: shuffled, some of them
// twice, cut off by faults anywhere and then redelivered after others.
func deliver(t *rapid.T, h *history, rows *flaky, view projection.View) {
	twice := rapid.SliceOfDistinct(rapid.IntRange(0, max(0, len(h.commits)-1)), rapid.ID[int]).Draw(t, "twice")
	queue := slices.Clone(h.commits)
	for _, i := range twice {
		if i < len(h.commits) {
			queue = append(queue, h.commits[i])
		}
	}
	if len(queue) > 0 {
		queue = rapid.Permutation(queue).Draw(t, "queue")
	}
	for faults := 10; len(queue) > 0; {
		n := rapid.IntRange(1, len(queue)).Draw(t, "batch")
		batch := queue[:n:n]
		queue = queue[n:]
		rows.left = -1
		if faults > 0 {
			rows.left = rapid.IntRange(0, 2*n).Draw(t, "operations before a fault")
			rows.lost = rapid.Bool().Draw(t, "only the reply is lost")
		}
		if err := view.Apply(context.Background(), batch...); err != nil {
			if !errors.Is(err, errCutOff) {
				t.Fatal(err)
			}
			faults--
			queue = append(queue, batch...)
		}
	}
	rows.left = -1
}

var errCutOff = errors.New("cut off")

// flaky fails after so many operations; where only the reply is lost, the
// operation is done all the same.
type flaky struct {
	readmodel.Store
	left int // below 0: it does not fail
	lost bool
}

func (f *flaky) fails() bool {
	f.left--
	return f.left == -1
}

func (f *flaky) Get(ctx context.Context, key readmodel.Key) (readmodel.Row, error) {
	if f.fails() {
		return readmodel.Row{}, errCutOff
	}
	return f.Store.Get(ctx, key)
}

func (f *flaky) Put(ctx context.Context, row readmodel.Row) error {
	if !f.fails() {
		return f.Store.Put(ctx, row)
	}
	if f.lost {
		return errors.Join(f.Store.Put(ctx, row), errCutOff)
	}
	return errCutOff
}

// read returns a row without its revision, which counts the deliveries.
func read(t *rapid.T, rows readmodel.Store, key readmodel.Key) readmodel.Row {
	row, err := rows.Get(context.Background(), key)
	if err != nil {
		t.Fatal(err)
	}
	row.Revision = min(row.Revision, 1)
	return row
}

// agrees checks the views against what the aggregates fold themselves.
func (h *history) agrees(t *rapid.T, rows readmodel.Store) {
	ctx := context.Background()
	var lines []orderlist.Line
	for id, s := range h.orders {
		d, ok, err := orderdetails.Find(ctx, rows, "t", id)
		if err != nil || ok != (s.Status != order.StatusNone) {
			t.Fatalf("order %s, %q: got %v, %v", id, s.Status, ok, err)
		}
		if !ok {
			continue
		}
		version := h.ends[eventstore.StreamID{Tenant: "t", Category: order.Category, ID: id}].Version()
		got := order.State{Status: d.Status, CustomerID: d.CustomerID, Items: d.Items, Total: d.Total, PaymentMethod: s.PaymentMethod}
		if d.CancelReason != nil {
			got.CancelReason = *d.CancelReason
		}
		if !reflect.DeepEqual(got, s) || d.Version != version || !d.PlacedAt.Equal(h.placed[id]) {
			t.Fatalf("order %s: got %+v\nwant %+v at %d", id, d, s, version)
		}
		lines = append(lines, orderlist.Line{
			ID: order.ID(id), CustomerID: s.CustomerID, Status: s.Status, Total: s.Total, Version: version, PlacedAt: h.placed[id],
		})
	}
	h.agreeLists(t, rows, lines)

	var levels []stocklevels.Level
	for _, id := range slices.Sorted(maps.Keys(h.stock)) {
		if s := h.stock[id]; s.Received {
			levels = append(levels, stocklevels.Level{
				ProductID: id, OnHand: s.OnHand, Reserved: s.ReservedTotal(), Available: s.Available(),
				Version: h.ends[eventstore.StreamID{Tenant: "t", Category: stock.Category, ID: id}].Version(),
			})
		}
	}
	got, _, err := stocklevels.List(ctx, rows, "t", readmodel.Place{}, 10)
	if err != nil || fmt.Sprint(got) != fmt.Sprint(levels) {
		t.Fatalf("stock: got %+v, %v\nwant %+v", got, err, levels)
	}
}

func (h *history) agreeLists(t *rapid.T, rows readmodel.Store, lines []orderlist.Line) {
	slices.SortFunc(lines, func(a, b orderlist.Line) int {
		if c := b.PlacedAt.Compare(a.PlacedAt); c != 0 {
			return c
		}
		return -slices.Compare([]order.ID{a.ID}, []order.ID{b.ID})
	})
	for _, customer := range []order.CustomerID{"", "ada", "bob"} {
		for _, status := range []order.Status{"", order.StatusPending, order.StatusSubmitted, order.StatusConfirmed, order.StatusCancelling, order.StatusShipped, order.StatusDelivered, order.StatusCancelled} {
			want := slices.DeleteFunc(slices.Clone(lines), func(l orderlist.Line) bool {
				return customer != "" && l.CustomerID != customer || status != "" && l.Status != status
			})
			got, next, err := orderlist.List(context.Background(), rows, "t", orderlist.Query{Customer: customer, Status: status, Limit: 3})
			if err != nil || next != nil || fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("orders of %q in %q: got %+v, %v, %v\nwant %+v", customer, status, got, next, err, want)
			}
		}
	}
}
