package park_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"

	"github.com/daybook-es/daybook/internal/testsize"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/publish"
)

// sizes are how many deliveries of a stream are tried.
var sizes = testsize.N{Short: 20, Race: 20, Gate: 200, Soak: 20_000}

// However the stream is delivered, and however the bus answers, each event is
// published at least once, as it is. Only of a damaged stream some may not be,
// and then there is a message left.
func TestEveryEventIsPublishedHoweverTheStreamIsDelivered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the publisher pauses before it tries again
		testsize.Check(t, sizes, func(t *rapid.T) {
			d := drawDelivery(t, drawBook(t))
			deployed := deploy(table, d.book, boltstore.NewViews())
			deployed.bus.next = drawManners(t)
			d.run(t, drawMapping(t, publisherName, deployed.publisher, deployed.bucket.put))
			if err := deployed.drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			deployed.bus.next = nil // where faults have outlasted the queue
			if err := deployed.redrive(t.Context()); err != nil {
				t.Fatal(err)
			}
			want := d.published(t)
			got := make(map[string]bool)
			for _, e := range deployed.bus.taken {
				id := idOf(e)
				if !reflect.DeepEqual(e, want[id]) {
					t.Fatalf("published is %+v, want %+v", e, want[id])
				}
				got[id] = true
			}
			for id, e := range want {
				if !got[id] && !d.mayMiss(e) {
					t.Fatalf("not published is %s", id)
				}
			}
			if damaged := len(d.damaged) > 0; damaged != (len(deployed.dead) > 0) {
				t.Fatalf("%d messages are left of %v", len(deployed.dead), d.damaged)
			}
		})
	})
}

// drawManners draws how the bus answers some of its calls.
func drawManners(t *rapid.T) func() manner {
	left := 30
	return func() manner {
		m := manner{status: http.StatusOK}
		if left == 0 {
			return m
		}
		switch left--; rapid.SampledFrom([]string{"takes", "throttled", "fails", "lost", "some"}).Draw(t, "the bus") {
		case "throttled":
			m.status = http.StatusBadRequest
		case "fails":
			m.status = http.StatusInternalServerError
		case "lost":
			m.lost = true
		case "some":
			m.fails = rapid.SliceOfN(rapid.Bool(), publish.Most, publish.Most).Draw(t, "refused")
		}
		return m
	}
}

// published returns what there is to publish, by its id.
func (b *book) published(t tb) map[string]publish.Event {
	t.Helper()
	all := make(kept)
	p := publish.New(all, slog.New(slog.DiscardHandler), publish.Sources()...)
	for _, c := range b.commits {
		if err := p.Publish(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// mayMiss reports whether an event stands where its stream makes no sense. The
// record may, and so may be published.
func (b *book) mayMiss(e publish.Event) bool {
	for stream, from := range b.damaged {
		if e.Stream == stream.Category+"/"+stream.ID && e.Version >= from {
			return true
		}
	}
	return false
}

func idOf(e publish.Event) string { return fmt.Sprintf("%s@%d", e.Stream, e.Version) }

type kept map[string]publish.Event

func (k kept) Publish(_ context.Context, events []publish.Event) ([]int, error) {
	for _, e := range events {
		k[idOf(e)] = e
	}
	return nil, nil
}
