package readmodel_test

import (
	"context"
	"errors"
	"reflect"
	"runtime/debug"
	"slices"
	"testing"

	"pgregory.net/rapid"

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

// However it is delivered, what the views hold is what one delivery of
// everything in order leads to; and that is what the aggregates say. It goes on
// until 100,000 commands were given, or 5,000 with -short or the race detector.
func TestReadModelsComeOutTheSameHoweverTheyAreDelivered(t *testing.T) {
	least, commands, commits := 100_000, 0, 0
	if testing.Short() || raceDetector() {
		least = 5_000
	}
	for commands < least {
		rapid.Check(t, func(t *rapid.T) {
			h := aHistory(t)
			h.comesOutTheSame(t)
			commands, commits = commands+h.commands, commits+len(h.commits)
		})
	}
	t.Logf("%d commands were given, which led to %d commits", commands, commits)
}

func (h *history) comesOutTheSame(t *rapid.T) {
	straight := boltstore.NewViews()
	for _, view := range viewsOver(straight, h.store) {
		if err := view.Apply(context.Background(), h.commits...); err != nil {
			t.Fatal(err)
		}
	}
	h.agrees(t, straight)

	rows := &flaky{Store: boltstore.NewViews()}
	for _, view := range viewsOver(rows, h.store) {
		deliver(t, h, rows, view)
	}
	for stream := range h.ends {
		for _, name := range []string{orderdetails.View, orderlist.View, stocklevels.View, fulfilments.View, sales.View} {
			key := readmodel.Key{View: name, Tenant: stream.Tenant, ID: stream.ID}
			if got, want := read(t, rows, key), read(t, straight, key); !reflect.DeepEqual(got, want) {
				t.Fatalf("got  %+v\nwant %+v", got, want)
			}
		}
	}
	h.agrees(t, rows)
}

// raceDetector reports whether the test was built with it.
func raceDetector() bool {
	info, _ := debug.ReadBuildInfo()
	return info != nil && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
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
