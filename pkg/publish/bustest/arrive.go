package bustest

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/publish"
)

// patience is how long an event may be under way: in a bubble (testing/synctest)
// it is over at once, and elsewhere the timeout of go test comes first.
const patience = 10 * time.Minute

// mustArrive waits until each of the events was received, and checks that nothing
// else is received of their streams.
func mustArrive(t testing.TB, received func() []publish.Event, want ...publish.Event) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for pause := time.Millisecond; ; pause = min(2*pause, time.Second) {
		got := received()
		for _, e := range got {
			if ofTheirs(want, e) && !holds(want, e) {
				t.Fatalf("received %+v,\nand published was %+v", e, want)
			}
		}
		missing := slices.DeleteFunc(slices.Clone(want), func(e publish.Event) bool { return holds(got, e) })
		if len(missing) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("never received %+v", missing)
		}
		time.Sleep(pause)
	}
}

func ofTheirs(events []publish.Event, e publish.Event) bool {
	return slices.ContainsFunc(events, func(other publish.Event) bool { return other.Stream == e.Stream })
}

func holds(events []publish.Event, e publish.Event) bool {
	return slices.ContainsFunc(events, func(other publish.Event) bool { return same(e, other) })
}

// same compares all fields: times as moments, data as JSON.
func same(a, b publish.Event) bool {
	if !a.At.Equal(b.At) || !reflect.DeepEqual(value(a.Data), value(b.Data)) {
		return false
	}
	a.At, a.Data, b.At, b.Data = time.Time{}, nil, time.Time{}, nil
	return reflect.DeepEqual(a, b)
}

func value(data json.RawMessage) (v any) {
	if json.Unmarshal(data, &v) != nil {
		return string(data)
	}
	return v
}
