package bustest

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/publish"
)

func whole(t testing.TB, bus publish.Bus, received func() []publish.Event) {
	t.Helper()
	e := newEvent()
	e.Version, e.Correlation = 1<<53+1, "~!{}\"\\ é漢"
	e.Data = json.RawMessage(`{"orderId":"law","text":"é漢 <&> \"\\\n","list":[1,-2.5,true,null,{}],"empty":""}`)
	mustTake(t, bus, e)
	mustArrive(t, received, e)
}

func bare(t testing.TB, bus publish.Bus, received func() []publish.Event) {
	t.Helper()
	e := newEvent()
	e.Correlation, e.Data = "", json.RawMessage(`{}`)
	mustTake(t, bus, e)
	mustArrive(t, received, e)
}

func full(t testing.TB, bus publish.Bus, received func() []publish.Event) {
	t.Helper()
	events := newEvents(publish.Most)
	mustTake(t, bus, events...)
	mustArrive(t, received, events...)
}

func tooMany(t testing.TB, bus publish.Bus, received func() []publish.Event) {
	t.Helper()
	mustRefuse(t, bus, received, newEvents(publish.Most+1))
}

// large are ten, since what hands an event on may take less of it at once.
func large(t testing.TB, bus publish.Bus, received func() []publish.Event) {
	t.Helper()
	events := filled(t, newEvents(publish.Most), publish.MostBytes)
	mustTake(t, bus, events...)
	mustArrive(t, received, events...)
}

func tooLarge(t testing.TB, bus publish.Bus, received func() []publish.Event) {
	t.Helper()
	mustRefuse(t, bus, received, filled(t, newEvents(1), publish.MostBytes+1))
	mustRefuse(t, bus, received, filled(t, newEvents(publish.Most), publish.MostBytes+1))
}

// mustRefuse checks that the events are an error, and hinder no other.
func mustRefuse(t testing.TB, bus publish.Bus, received func() []publish.Event, events []publish.Event) {
	t.Helper()
	if failed, err := bus.Publish(t.Context(), events); err == nil {
		t.Errorf("%d at once: not taken are %v, and no error", len(events), failed)
	}
	e := newEvent()
	mustTake(t, bus, e)
	mustArrive(t, received, e)
}

func alike(t testing.TB, bus publish.Bus, received func() []publish.Event) {
	t.Helper()
	e := newEvent()
	events := []publish.Event{e}
	for _, change := range []func(*publish.Event){
		func(e *publish.Event) { e.Type = Types[1] },
		func(e *publish.Event) { e.Tenant = "law2" },
		func(e *publish.Event) { e.Stream = strings.ToUpper(e.Stream) },
		func(e *publish.Event) { e.Stream = strings.Replace(e.Stream, "order/", "stock/", 1) },
		func(e *publish.Event) { e.Stream += "0" },
		func(e *publish.Event) { e.Version++ },
	} {
		other := e
		change(&other)
		events = append(events, other)
	}
	mustTake(t, bus, events...)
	mustArrive(t, received, events...)
}

func again(t testing.TB, bus publish.Bus, received func() []publish.Event) {
	t.Helper()
	events := newEvents(3)
	mustTake(t, bus, events[0], events[1])
	mustArrive(t, received, events[0], events[1])
	mustTake(t, bus, events...)
	mustArrive(t, received, events...)
}

// ended may find a bus that looks at the context or one that does not.
func ended(t testing.TB, bus publish.Bus, received func() []publish.Event) {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	end()
	events := newEvents(3)
	if failed, err := bus.Publish(ctx, events); err == nil {
		taken := make([]publish.Event, 0, len(events))
		left := at(t, events, failed)
		for _, e := range events {
			if !holds(left, e) {
				taken = append(taken, e)
			}
		}
		mustArrive(t, received, taken...)
	}
}

// filled returns the events with so much data that together they have a size.
func filled(t testing.TB, events []publish.Event, size int) []publish.Event {
	t.Helper()
	for i := range events {
		events[i].Data = json.RawMessage(`{"text":""}`)
	}
	for i := range events {
		text, err := json.Marshal(events[i])
		if err != nil {
			t.Fatalf("%v", err)
		}
		share := size / (len(events) - i)
		size -= share
		events[i].Data = json.RawMessage(`{"text":"` + strings.Repeat("x", share-len(text)) + `"}`)
	}
	return events
}

// newEvents returns so many events of one stream, of all types.
func newEvents(n int) []publish.Event {
	events := make([]publish.Event, n)
	first := newEvent()
	for i := range events {
		events[i] = first
		events[i].Type, events[i].Version = Types[i%len(Types)], first.Version+eventstore.Version(i)
		events[i].At = first.At.Add(time.Duration(i) * time.Second)
	}
	return events
}
