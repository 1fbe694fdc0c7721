package readmodel_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/daybook-es/daybook/internal/historytest"
	"github.com/daybook-es/daybook/internal/testsize"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/fulfilments"
	"github.com/daybook-es/daybook/pkg/readmodel/orderdetails"
	"github.com/daybook-es/daybook/pkg/readmodel/orderlist"
	"github.com/daybook-es/daybook/pkg/readmodel/sales"
	"github.com/daybook-es/daybook/pkg/readmodel/stocklevels"
)

func viewsOver(rows readmodel.Store, events eventstore.Store) []projection.View {
	return []projection.View{orderdetails.New(rows, events), orderlist.New(rows, events), stocklevels.New(rows, events), fulfilments.New(rows, events), sales.New(rows, events)}
}

// However it is delivered, what every view holds is what the aggregates say.
func TestEveryViewEqualsAFoldHoweverItIsDelivered(t *testing.T) {
	few, many := historytest.Size{Orders: 3, Least: 1, Most: 60}, historytest.Size{Orders: 20, Least: 150, Most: 300}
	books, words, histories := newBooks(t), newWords(t), 0
	historytest.Check(t, testsize.N{Short: 500, Race: 5_000, Gate: 10_000, Soak: 1_000_000}, func(t *rapid.T) *historytest.History {
		histories++
		size := rapid.SampledFrom([]historytest.Size{few, many, many, many}).Draw(t, "size")
		h := historytest.Draw(t, fmt.Sprint("tenant-", histories), size)
		comesOutTheSame(t, h)
		words.find(t, h)
		books.hold(t, h)
		return h
	})
}

// comesOutTheSame delivers a history to the views that keep rows. What of a row no
// query shows is what one delivery of everything in order leads to.
func comesOutTheSame(t *rapid.T, h *historytest.History) {
	rows := &flaky{Store: boltstore.NewViews()}
	for _, view := range viewsOver(rows, h.Store) {
		deliver(t, h, rows, view)
	}
	h.Agrees(t, rows)

	straight := boltstore.NewViews()
	for _, view := range viewsOver(straight, h.Store) {
		if err := view.Apply(context.Background(), h.Commits...); err != nil {
			t.Fatal(err)
		}
	}
	for stream := range h.Streams() {
		for _, name := range []string{orderdetails.View, orderlist.View, stocklevels.View, fulfilments.View, sales.View} {
			key := readmodel.Key{View: name, Tenant: stream.Tenant, ID: stream.ID}
			if got, want := read(t, rows, key), read(t, straight, key); !reflect.DeepEqual(got, want) {
				t.Fatalf("row %s of %s: got %+v\nwant, as it is in order, %+v", key.ID, name, got, want)
			}
		}
	}
}

// deliver brings the commits in batches, cut off by faults anywhere and then
// redelivered after others.
func deliver(t *rapid.T, h *historytest.History, rows *flaky, view projection.View) {
	queue := h.Delivery(t)
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
