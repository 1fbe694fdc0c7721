package stream_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/daybook-es/daybook/internal/stream"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

func TestWhatTheBusDoesNotTakeStopsTheBatchThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the publisher pauses before it tries again
		w := newWorld(t)
		w.append("1", placed)
		refused := w.append("1", submitted)
		w.append("2", placed)
		w.bus.refuse = "OrderSubmitted order/1@2"
		w.reports(w.publisher(), refused.Change.SequenceNumber, w.records...)
		w.says(`level=ERROR msg="event not taken by the bus" stream=shop/order/1 version=2 sequence=` + refused.Change.SequenceNumber + ` err="the bus did not take it"`)
		w.bus.refuse = ""
		w.reports(w.publisher(), "", w.records[1:]...)
		for _, want := range []string{"OrderPlaced order/1@1", "OrderSubmitted order/1@2", "OrderPlaced order/2@1"} {
			if !slices.Contains(w.bus.kept, want) {
				t.Errorf("%s is not published: %v", want, w.bus.kept)
			}
		}
	})
}

func TestABusThatFailsStopsTheBatchAtItsFirstEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.append("1", raw{Type: "order.item_added.v1", Data: []byte(`{}`)}) // is not published
		first := w.append("2", placed)
		w.bus.err = errBus
		w.reports(w.publisher(), first.Change.SequenceNumber, w.records...)
		w.says(`level=ERROR msg="event not taken by the bus" stream=shop/order/2 version=1 sequence=` + first.Change.SequenceNumber + ` err="no such bus"`)
	})
}

func TestAPublisherThatNearsItsDeadlineReturnsWhatItFinished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.append("1", placed)
		refused := w.append("2", placed)
		w.bus.refuse = "OrderPlaced order/2@1"
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		got, err := w.publisher()(ctx, events.DynamoDBEvent{Records: w.records})
		if err != nil || ctx.Err() != nil || got.BatchItemFailures[0].ItemIdentifier != refused.Change.SequenceNumber {
			t.Errorf("got %v, %v", got, err)
		}
		w.says(`level=WARN msg="batch ran out of time" sequence=` + refused.Change.SequenceNumber + ` err="context deadline exceeded"`)
	})
}

func TestAnEventThatCannotBeReadIsSaidAndHoldsNobodyUp(t *testing.T) {
	w := newWorld(t)
	w.append("1", placed, unknown)
	w.append("2", placed)
	w.reports(w.publisher(), "", w.records...)
	if want := []string{"OrderPlaced order/1@1", "OrderPlaced order/2@1"}; !slices.Equal(w.bus.kept, want) {
		t.Errorf("got %v, want %v", w.bus.kept, want)
	}
	w.says(`level=ERROR msg="event not published" stream=shop/order/1 version=2 err="event type \"order.vanished.v9\" is unknown to this program"`)
}

func TestCommitsAreRepublishedAsTheStoreHasThem(t *testing.T) {
	w := newWorld(t)
	w.append("1", placed)
	w.append("1", submitted)
	w.append("1", raw{Type: "order.item_added.v1", Data: []byte(`{}`)}, raw{Type: "order.confirmed.v1", Data: []byte(`{}`)})
	w.append("1", raw{Type: "order.delivered.v1", Data: []byte(`{}`)})
	firsts := []eventstore.Version{3, 1, 3}
	if err := stream.Republish(t.Context(), w.store, w.publish, orderStream("1"), firsts); err != nil {
		t.Fatal(err)
	}
	if want := []string{"OrderPlaced order/1@1", "OrderConfirmed order/1@4"}; !slices.Equal(w.bus.kept, want) {
		t.Errorf("got %v, want %v", w.bus.kept, want)
	}

	w.bus.kept = nil
	err := stream.Republish(t.Context(), w.store, w.publish, orderStream("1"), []eventstore.Version{1, 4})
	if want := "shop/order/1 has 1 of 2 commits that its records tell of"; err == nil || err.Error() != want || !slices.Equal(w.bus.kept, []string{"OrderPlaced order/1@1"}) {
		t.Errorf("got %v, want %s; published %v", err, want, w.bus.kept)
	}

	w.bus.kept, w.store.from = nil, map[eventstore.StreamID]eventstore.Version{orderStream("1"): 2}
	err = stream.Republish(t.Context(), w.store, w.publish, orderStream("1"), []eventstore.Version{1, 2})
	if !eventstore.Damaged(err) || !slices.Equal(w.bus.kept, []string{"OrderPlaced order/1@1"}) {
		t.Errorf("got %v; published %v", err, w.bus.kept)
	}
}
