package restock_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/domain/domaintest"
	"github.com/daybook-es/daybook/pkg/domain/restock"
)

type story = domaintest.Story[restock.State, restock.Event]

var (
	noon  = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	lamp  = restock.Goods{ProductID: "lamp", Quantity: 2, Since: 7}
	begun = restock.Begun{Goods: []restock.Goods{lamp}, At: noon}
	ended = restock.Ended{At: noon}
)

func TestRestocking(t *testing.T) {
	begin, end := restock.Begin(begun), restock.End(ended)
	later := restock.Begin{Goods: []restock.Goods{{ProductID: "lamp", Quantity: 2, Since: 9}}, At: noon.Add(time.Hour)}
	domaintest.Tell(t, restock.Aggregate, []story{
		{Name: "a restock begins", When: begin, Then: []restock.Event{begun}},
		{Name: "once, and its first notes stand", Given: []restock.Event{begun}, When: later},
		{Name: "and not after its end", Given: []restock.Event{begun, ended}, When: later},
		{Name: "it ends", Given: []restock.Event{begun}, When: end, Then: []restock.Event{ended}},
		{Name: "once", Given: []restock.Event{begun, ended}, When: end},
		{Name: "what did not begin does not end", When: end, Err: restock.ErrNotBegun},
	})
}

func TestWhatIsStoredIsPinned(t *testing.T) {
	domaintest.Golden[restock.State, restock.Event](t, restock.Aggregate, "testdata", begun, ended)
}

func FuzzEvents(f *testing.F) {
	for _, e := range []restock.Event{begun, ended} {
		name, data, err := restock.Events.Encode(e)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(name, data)
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) { domaintest.Fuzz(t, restock.Aggregate, name, data) })
}

func Example() {
	events, err := restock.Begin{Goods: []restock.Goods{{ProductID: "lamp", Quantity: 2, Since: 7}}}.Decide(restock.State{})
	fmt.Println(events[0].EventType(), err)
	// Output: restock.begun.v1 <nil>
}
