package stream_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/daybook-es/daybook/internal/stream"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/orderlist"
)

// park marks a stream in a view, as if this were noticed a second after noon for
// each.
func (w *world) park(view string, n int) projection.Parked {
	w.Helper()
	p := projection.Parked{View: view, Stream: orderStream(fmt.Sprint(n)), Version: 1, Reason: projection.Unfolded, At: noon.Add(time.Duration(n) * time.Second)}
	if err := stream.NewMarks(w.rows).Set(w.Context(), view, &projection.PoisonError{Stream: p.Stream, Version: 1, Err: errors.New("names Ada")}, p.At); err != nil {
		w.Fatal(err)
	}
	return p
}

// skips checks what is parked.
func (w *world) skips(tenant string, limit int, want []projection.Parked) {
	w.Helper()
	got, err := stream.NewParkedStreams(w.rows).List(w.Context(), tenant, limit)
	if err != nil || !slices.Equal(got, want) {
		w.Errorf("of %s, at most %d: %d are parked, want %d; %v\n%v\n%v", tenant, limit, len(got), len(want), err, got, want)
	}
}

func TestWhatIsParkedIsListedNewestFirstButForWhatTheViewHasFoldedSince(t *testing.T) {
	w := newWorld(t)
	var want []projection.Parked
	for n := range 250 {
		at := w.park(orderlist.View, n)
		if n%3 > 0 {
			want = append(want, at)
			continue
		}
		w.reports(w.projector(), "", w.append(fmt.Sprint(n), placed)) // it is mended
	}
	slices.Reverse(want)
	for _, limit := range []int{1, 100, 101, len(want), len(want) + 1} {
		w.skips("shop", limit, want[:min(limit, len(want))])
	}
	w.skips("other", 10, nil)
}

func TestAMarkOfAViewThatIsNoMoreIsNotListed(t *testing.T) {
	w := newWorld(t)
	w.park("diary", 1)
	w.skips("shop", 10, nil)
}

func TestAMarkThatCannotBeReadIsAFault(t *testing.T) {
	for _, data := range []string{`[]`, `{"view":"order-list","stream":"order/1","version":1}`} {
		w := newWorld(t)
		row := readmodel.Row{Key: readmodel.Key{View: stream.ParkedView, Tenant: "shop", ID: "x"}, Data: []byte(data), Lists: []string{stream.ParkedList}}
		if err := w.rows.Put(t.Context(), row); err != nil {
			t.Fatal(err)
		}
		if got, err := stream.NewParkedStreams(w.rows).List(t.Context(), "shop", 10); err == nil || got != nil {
			t.Errorf("%s: got %v", data, got)
		}
	}
	w := newWorld(t)
	w.park(orderlist.View, 1)
	w.rows.fail = func(string, readmodel.Key) error { return eventstore.ErrUnavailable }
	if got, err := stream.NewParkedStreams(w.rows).List(t.Context(), "shop", 10); !errors.Is(err, eventstore.ErrUnavailable) {
		t.Errorf("got %v, %v", got, err)
	}
}
