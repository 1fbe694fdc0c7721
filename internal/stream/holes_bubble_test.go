package stream_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/daybook-es/daybook/internal/stream"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/fulfilments"
	"github.com/daybook-es/daybook/pkg/readmodel/orderdetails"
	"github.com/daybook-es/daybook/pkg/readmodel/orderlist"
	"github.com/daybook-es/daybook/pkg/readmodel/sales"
	"github.com/daybook-es/daybook/pkg/readmodel/stocklevels"
)

// fill fills the holes of order 1.
func (w *world) fill() {
	w.Helper()
	if err := w.holes().Fill(w.Context(), orderStream("1")); err != nil {
		w.Fatal(err)
	}
}

// marked checks in which views which streams are parked, oldest first: since now,
// because in a bubble no time has passed.
func (w *world) marked(want ...stream.Mark) {
	w.Helper()
	rows, err := w.rows.List(w.Context(), readmodel.Page{View: stream.ParkedView, Tenant: "shop", List: stream.ParkedList, Limit: 100})
	if err != nil || len(rows) != len(want) {
		w.Fatalf("%d marks, %v; want %d", len(rows), err, len(want))
	}
	for i, row := range rows {
		var got stream.Mark
		if err := json.Unmarshal(row.Data, &got); err != nil {
			w.Fatal(err)
		}
		if now := time.Now(); !got.At.Equal(now) {
			w.Errorf("the mark was made at %v, want %v", got.At, now)
		}
		if got.At = (time.Time{}); got != want[i] {
			w.Errorf("got %+v, want %+v", got, want[i])
		}
	}
}

func TestAHoleIsFilledToTheHeadOfItsStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.append("1", placed)
		for range 250 {
			w.append("1", raw{Type: "order.submitted.v1", Data: []byte(`{}`)})
		}
		w.reports(w.projector(), "", w.records[:3]...)
		w.rows.puts = 0
		w.fill()
		w.holdAll("1", 251)
		if w.rows.puts != 12 {
			t.Errorf("%d puts of four rows, in three pieces", w.rows.puts)
		}
		w.fill()
		if w.rows.puts != 12 {
			t.Error("what was filled is written again")
		}
		w.marked()
		w.says()
	})
}

func TestWhatCannotBeFoldedIsParkedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.append("1", placed)
		w.append("1", submitted, unknown)
		for range 150 {
			w.append("1", submitted)
		}
		w.fill()
		w.holdAll("1", 1)
		if n := w.store.reads.Load(); n != 1 {
			t.Errorf("the stream is read %d times; a view that has parked it asks for no more", n)
		}
		const says = `level=ERROR msg="stream parked" stream=shop/order/1 version=3 view=%s err="event type \"order.vanished.v9\" is unknown to this program"`
		w.says(fmt.Sprintf(says, orderdetails.View), fmt.Sprintf(says, orderlist.View), fmt.Sprintf(says, fulfilments.View), fmt.Sprintf(says, sales.View))
		marks := []stream.Mark{ // made at once, so they stand by their names
			{View: fulfilments.View, Stream: "shop/order/1", Version: 3, Reason: projection.Unfolded},
			{View: orderdetails.View, Stream: "shop/order/1", Version: 3, Reason: projection.Unfolded},
			{View: orderlist.View, Stream: "shop/order/1", Version: 3, Reason: projection.Unfolded},
			{View: sales.View, Stream: "shop/order/1", Version: 3, Reason: projection.Unfolded},
		}
		w.marked(marks...)
		w.fill()
		w.says()
		w.marked(marks...)
	})
}

func TestADamagedStreamIsParkedInAllViews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.append("1", placed)
		w.append("1", submitted)
		late := w.append("1", submitted)
		w.store.from = map[eventstore.StreamID]eventstore.Version{orderStream("1"): 2}
		w.fill()
		w.holdAll("1", 1)
		var marks []stream.Mark
		for _, view := range []string{fulfilments.View, orderdetails.View, orderlist.View, sales.View, stocklevels.View} {
			marks = append(marks, stream.Mark{View: view, Stream: "shop/order/1", Version: 2, Reason: projection.Damaged})
		}
		w.marked(marks...)
		w.log.Reset()
		w.reports(w.projector(), "", late, w.append("2", placed))
		w.holdAll("2", 1)
		w.says()
	})
}

func TestAFaultIsNoReasonToPark(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, op := range []string{"get", "put", "mark", "read"} {
			w := newWorld(t)
			w.append("1", placed)
			w.append("1", unknown)
			fault := fmt.Errorf("%w: throttled", eventstore.ErrUnavailable)
			w.rows.fail = func(o string, key readmodel.Key) error {
				if o == op || op == "mark" && key.View == stream.ParkedView {
					return fault
				}
				return nil
			}
			if op == "read" {
				w.store.fault = fault
			}
			if err := w.holes().Fill(t.Context(), orderStream("1")); !errors.Is(err, eventstore.ErrUnavailable) {
				t.Errorf("%s: got %v", op, err)
			}
			w.rows.fail, w.store.fault = nil, nil
			w.marked()
			w.fill()
			w.holdAll("1", 1)
		}
	})
}

func TestAMarkThatIsThereStaysAsItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		marks := stream.NewMarks(w.rows)
		s := eventstore.StreamID{Tenant: "shop", Category: "order", ID: "1"}
		now := time.Now().UTC()
		for v := range eventstore.Version(2) {
			if err := marks.Set(t.Context(), "one", &projection.PoisonError{Stream: s, Version: v + 1, Err: errors.New("names Ada")}, now); err != nil {
				t.Fatal(err)
			}
		}
		w.marked(stream.Mark{View: "one", Stream: "shop/order/1", Version: 1, Reason: projection.Unfolded})
		for view, want := range map[string]bool{"one": true, "two": false} {
			if got, err := marks.Has(t.Context(), view, s); got != want || err != nil {
				t.Errorf("%s: got %v, %v", view, got, err)
			}
		}
	})
}
