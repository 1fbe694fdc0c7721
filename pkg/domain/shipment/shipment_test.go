package shipment_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/domaintest"
	"github.com/daybook-es/daybook/pkg/domain/shipment"
)

type story = domaintest.Story[shipment.State, shipment.Event]

func tell(t *testing.T, stories ...story) {
	t.Helper()
	domaintest.Tell(t, shipment.Aggregate, stories)
}

var (
	noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

	arranged   = shipment.Arranged{TrackingNumber: "track-1", At: noon}
	dispatched = shipment.Dispatched{At: noon}
	cancelled  = shipment.Cancelled{TrackingNumber: "track-1", At: noon}
	nothing    = shipment.Cancelled{At: noon}

	// One way to each status, and each way to be closed.
	booked    = []shipment.Event{arranged}
	onItsWay  = []shipment.Event{arranged, dispatched}
	takenBack = []shipment.Event{arranged, cancelled}
	untried   = []shipment.Event{nothing}
)

func arrange(number string) shipment.Arrange {
	return shipment.Arrange{TrackingNumber: number, At: noon}
}

func TestArranging(t *testing.T) {
	tell(
		t,
		story{Name: "a shipment is arranged", When: arrange("track-1"), Then: booked},
		story{Name: "it needs a tracking number", When: arrange(""), Err: shipment.ErrNoTrackingNumber},
		story{Name: "twice, it is arranged once", Given: booked, When: arrange("track-1")},
		story{Name: "also when it was dispatched since", Given: onItsWay, When: arrange("track-1")},
		story{Name: "another number is refused", Given: booked, When: arrange("track-2"), Err: shipment.ErrTrackingNumberDiffers},
		story{Name: "what was cancelled is not arranged by a late task", Given: takenBack, When: arrange("track-1"), Err: shipment.ErrCancelled},
		story{Name: "nor when the cancellation came first", Given: untried, When: arrange("track-1"), Err: shipment.ErrCancelled},
	)
}

func TestDispatching(t *testing.T) {
	dispatch := shipment.Dispatch{At: noon}
	tell(
		t,
		story{Name: "what was arranged is dispatched", Given: booked, When: dispatch, Then: []shipment.Event{dispatched}},
		story{Name: "twice, it is dispatched once", Given: onItsWay, When: dispatch},
		story{Name: "what was not arranged is not dispatched", When: dispatch, Err: shipment.ErrNotArranged},
		story{Name: "nor what was cancelled", Given: takenBack, When: dispatch, Err: shipment.ErrCancelled},
		story{Name: "nor when there was nothing to cancel", Given: untried, When: dispatch, Err: shipment.ErrCancelled},
	)
}

func TestCancelling(t *testing.T) {
	cancel := func(number string) shipment.Cancel { return shipment.Cancel{TrackingNumber: number, At: noon} }
	tell(
		t,
		story{Name: "what was arranged is cancelled", Given: booked, When: cancel("track-1"), Then: []shipment.Event{cancelled}},
		story{Name: "also when the carrier knows of no booking", Given: booked, When: cancel(""), Then: []shipment.Event{cancelled}},
		story{Name: "and not twice", Given: takenBack, When: cancel("track-1")},
		story{Name: "nor when the carrier knows of none by now", Given: takenBack, When: cancel("")},
		story{Name: "a booking that was never answered is arranged and cancelled", When: cancel("track-1"), Then: takenBack},
		story{Name: "also one that comes to light later", Given: untried, When: cancel("track-1"), Then: takenBack},
		story{Name: "a cancellation of nothing is recorded, so that nothing is arranged later", When: cancel(""), Then: untried},
		story{Name: "and once", Given: untried, When: cancel("")},
		story{Name: "another booking is refused", Given: booked, When: cancel("track-2"), Err: shipment.ErrTrackingNumberDiffers},
		story{Name: "also after it", Given: takenBack, When: cancel("track-2"), Err: shipment.ErrTrackingNumberDiffers},
		story{Name: "what was dispatched is not cancelled", Given: onItsWay, When: cancel("track-1"), Err: shipment.ErrDispatched},
		story{Name: "whatever the carrier knows", Given: onItsWay, When: cancel(""), Err: shipment.ErrDispatched},
	)
}

func TestTheStateIsWhatTheEventsSay(t *testing.T) {
	for name, c := range map[string]struct {
		events []shipment.Event
		want   shipment.State
	}{
		"none":       {nil, shipment.State{}},
		"arranged":   {booked, shipment.State{Status: shipment.StatusArranged, TrackingNumber: "track-1"}},
		"dispatched": {onItsWay, shipment.State{Status: shipment.StatusDispatched, TrackingNumber: "track-1"}},
		"cancelled":  {takenBack, shipment.State{Status: shipment.StatusCancelled, TrackingNumber: "track-1", Closed: true}},

		"never tried stays none": {untried, shipment.State{Closed: true}},
	} {
		if got := domain.Fold(shipment.State{}, c.events...); got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}

func TestWhatIsStoredIsPinned(t *testing.T) {
	domaintest.Golden[shipment.State, shipment.Event](t, shipment.Aggregate, "testdata", arranged, dispatched, cancelled)
}

func FuzzEvents(f *testing.F) {
	for _, e := range []shipment.Event{arranged, dispatched, cancelled, nothing} {
		name, data, err := shipment.Events.Encode(e)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(name, data)
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) { domaintest.Fuzz(t, shipment.Aggregate, name, data) })
}

func Example() {
	// The carrier knows of no booking, so there is nothing to take back.
	events, err := shipment.Cancel{At: noon}.Decide(shipment.State{})
	fmt.Println(events[0].EventType(), err)
	_, err = arrange("track-1").Decide(domain.Fold(shipment.State{}, events...))
	fmt.Println(err)
	// Output:
	// shipment.cancelled.v1 <nil>
	// the shipment was cancelled, and nothing more is booked
}
