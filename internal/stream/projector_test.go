package stream_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

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

func TestABatchIsFoldedAndEachRowWrittenOnce(t *testing.T) {
	w := newWorld(t)
	w.append("1", placed)
	w.append("2", placed)
	w.append("1", submitted)
	w.append("1", raw{Type: "order.confirmed.v1", Data: []byte(`{"payment":{"amount":100,"currency":"USD"},"at":"2026-11-24T12:00:00Z"}`)})
	w.reports(w.projector(), "", w.records...)
	w.holdAll("1", 3)
	w.holdAll("2", 1)
	if w.rows.gets != 8 || w.rows.puts != 8 {
		t.Errorf("%d gets and %d puts of two orders in four views", w.rows.gets, w.rows.puts)
	}
	w.reports(w.projector(), "", w.records...)
	if w.rows.puts != 8 {
		t.Errorf("a duplicate was written")
	}
	w.says()
}

func TestNothingIsWrittenFromTheFirstPoisonOn(t *testing.T) {
	for name, c := range map[string]struct {
		poison raw
		says   string
	}{
		"an unknown type":      {unknown, `err="event type \"order.vanished.v9\" is unknown to this program"`},
		"data that is no data": {raw{Type: "order.submitted.v1", Data: []byte(`"x"`)}, `err="decode order.submitted.v1: json: cannot unmarshal string into Go value of type order.Submitted"`},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.append("1", placed)
			w.append("2", placed)
			bad := w.append("2", submitted, c.poison)
			w.append("3", placed)
			w.append("1", submitted)
			w.reports(w.projector(), bad.Change.SequenceNumber, w.records...)
			w.holdAll("1", 1)
			w.holdAll("2", 1)
			w.holdAll("3", 0)
			w.says(`level=ERROR msg="event cannot be folded" stream=shop/order/2 version=3 view=order-details sequence=` + bad.Change.SequenceNumber + ` ` + c.says)
		})
	}
}

func TestPoisonInAGapStopsTheFirstRecordBehindIt(t *testing.T) {
	w := newWorld(t)
	w.append("1", unknown)
	w.append("1", submitted)
	late := w.append("1", submitted)
	w.reports(w.projector(), late.Change.SequenceNumber, w.append("2", placed), late)
	w.holdAll("2", 1)
	w.holdAll("1", 0)
}

func TestAParkedStreamIsSkippedInThatViewAlone(t *testing.T) {
	w := newWorld(t)
	w.append("1", placed)
	bad := w.append("1", unknown)
	w.append("1", submitted)
	w.append("2", placed)
	w.reports(w.projector(), bad.Change.SequenceNumber, w.records...)
	marks := stream.NewMarks(w.rows)
	for _, view := range []string{orderdetails.View, orderlist.View, sales.View} {
		poison := &projection.PoisonError{Stream: orderStream("1"), Version: 2, Err: errors.New("unknown")}
		if err := marks.Set(t.Context(), view, poison, noon); err != nil {
			t.Fatal(err)
		}
	}
	w.log.Reset()
	w.reports(w.projector(), bad.Change.SequenceNumber, w.records...)
	w.says(`level=ERROR msg="event cannot be folded" stream=shop/order/1 version=2 view=` + fulfilments.View + ` sequence=` +
		bad.Change.SequenceNumber + ` err="event type \"order.vanished.v9\" is unknown to this program"`)

	poison := &projection.PoisonError{Stream: orderStream("1"), Version: 2, Err: errors.New("unknown")}
	if err := marks.Set(t.Context(), fulfilments.View, poison, noon); err != nil {
		t.Fatal(err)
	}
	w.rows.gets = 0
	w.reports(w.projector(), "", w.records...)
	w.holdAll("1", 1)
	w.holdAll("2", 1)
	w.says()
	if w.rows.gets != 16 { // the row with the poison is read once more, without it
		t.Errorf("%d gets: four views, two orders, and four marks", w.rows.gets)
	}
}

func TestARecordThatMakesNoSenseIsPassedOverOnceItsStreamIsParkedInAllViews(t *testing.T) {
	w := newWorld(t)
	bad := w.append("1", placed)
	bad.Change.NewImage = nil
	next := w.append("2", placed)
	for _, view := range []string{orderdetails.View, orderlist.View, stocklevels.View, fulfilments.View, sales.View} {
		w.reports(w.projector(), bad.Change.SequenceNumber, bad, next)
		w.holdAll("2", 0)
		poison := &projection.PoisonError{Stream: orderStream("1"), Version: 1, Err: &eventstore.InvalidError{Reason: "it makes no sense"}}
		if err := stream.NewMarks(w.rows).Set(t.Context(), view, poison, noon); err != nil {
			t.Fatal(err)
		}
	}
	w.reports(w.projector(), "", bad, next)
	w.holdAll("2", 1)
}

func TestAFaultReportsTheFirstRecordAndRedeliveryMakesUpForIt(t *testing.T) {
	for _, op := range []string{"get", "put"} {
		w := newWorld(t)
		w.append("1", placed)
		w.append("2", placed)
		w.append("2", unknown)
		throttled := fmt.Errorf("%w: throttled", eventstore.ErrUnavailable)
		w.rows.fail = func(o string, key readmodel.Key) error {
			if o == op && key.ID == "2" {
				return throttled
			}
			return nil
		}
		first := w.records[0].Change.SequenceNumber
		w.reports(w.projector(), first, w.records...)
		w.says(`level=ERROR msg="batch waits for a fault to pass" sequence=` + first + ` err="event store unavailable: throttled"`)
		w.rows.fail = nil
		w.reports(w.projector(), w.records[2].Change.SequenceNumber, w.records...)
		w.holdAll("1", 1)
		w.holdAll("2", 1)
	}
}

func TestAFaultOfTheMarksIsNoPoison(t *testing.T) {
	w := newWorld(t)
	w.append("1", placed)
	bad := w.append("2", unknown)
	w.rows.fail = func(_ string, key readmodel.Key) error {
		if key.View == stream.ParkedView {
			return eventstore.ErrUnavailable
		}
		return nil
	}
	w.reports(w.projector(), w.records[0].Change.SequenceNumber, w.records...)
	w.says(`level=ERROR msg="batch waits for a fault to pass" sequence=` + w.records[0].Change.SequenceNumber + ` err="event store unavailable"`)

	bad.Change.NewImage = nil
	w.reports(w.projector(), bad.Change.SequenceNumber, bad)
	w.says(`level=ERROR msg="batch waits for a fault to pass" sequence=` + bad.Change.SequenceNumber + ` err="event store unavailable"`)
}

func TestARaceWithAnotherShardIsFoldedAgainButNotForEver(t *testing.T) {
	w := newWorld(t)
	w.append("1", placed)
	w.append("1", submitted)
	var raced atomic.Bool
	w.rows.fail = func(op string, key readmodel.Key) error {
		if op == "put" && key.View == orderlist.View && raced.CompareAndSwap(false, true) {
			return w.rows.Store.Put(t.Context(), readmodel.Row{Key: key, Data: []byte(`{}`)})
		}
		return nil
	}
	w.reports(w.projector(), "", w.records...)
	w.holdAll("1", 2)

	w.append("1", submitted)
	w.rows.fail = func(op string, _ readmodel.Key) error {
		if op == "put" {
			return readmodel.ErrRace
		}
		return nil
	}
	w.reports(w.projector(), w.records[0].Change.SequenceNumber, w.records...)
	w.says(`level=ERROR msg="batch waits for a fault to pass" sequence=` + w.records[0].Change.SequenceNumber + ` err="row was written by somebody else"`)
}
