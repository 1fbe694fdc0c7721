package publish_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/publish"
)

func TestWhatCannotBeReadIsLoggedAndHoldsBackNothing(t *testing.T) {
	b := new(bus)
	p, log := publisher(b)
	unknown, broken := submitted(t, 1)[0], submitted(t, 1)[0]
	unknown.Stream.ID, unknown.Events[0].Type = "of-tomorrow", "order.gift_wrapped.v1"
	broken.Stream.ID, broken.Events[0].Data = "broken", json.RawMessage(`{"at":"secret"}`)
	broken.Events = append(broken.Events, submitted(t, 1)[0].Events...)
	if err := p.Publish(t.Context(), append([]eventstore.Commit{unknown, broken}, submitted(t, 2)...)...); err != nil {
		t.Fatal(err)
	}
	if got, want := b.said(), "broken@3 1@2 2@2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for line, want := range map[string]int{"level=ERROR": 2, "stream=shop/order/of-tomorrow version=2 ": 1, "stream=shop/order/broken version=2 ": 1} {
		if strings.Count(log.String(), line) != want {
			t.Errorf("%q is not in the log %d times: %s", line, want, log)
		}
	}
}

func TestWhatHasNoJSONIsLoggedAndHoldsBackNothing(t *testing.T) {
	b, log := new(bus), new(bytes.Buffer)
	p := saying(b, log, func(id string) any {
		if id == "1" {
			return make(chan int)
		}
		return id
	})
	if err := p.Publish(t.Context(), submitted(t, 2)...); err != nil || b.said() != "2@2" || strings.Count(log.String(), "level=ERROR") != 1 {
		t.Errorf("got %s, %v; log: %s", b.said(), err, log)
	}
}

func TestWhatIsTooLargeForABusIsLoggedAndHoldsBackNothing(t *testing.T) {
	b, log := new(bus), new(bytes.Buffer)
	p := saying(b, log, func(id string) any {
		if id == "2" {
			return strings.Repeat("x", publish.MostBytes)
		}
		return id
	})
	if err := p.Publish(t.Context(), submitted(t, 3)...); err != nil || b.said() != "1@2 3@2" {
		t.Errorf("got %s, %v", b.said(), err)
	}
	if text := log.String(); strings.Count(text, "level=ERROR") != 1 || !strings.Contains(text, `stream=shop/order/2 version=2 err="OrderSubmitted is larger than the 990000 bytes that a bus takes`) {
		t.Errorf("log: %s", text)
	}
}

func TestWhatIsNotPublishedIsLoggedOnceHoweverOftenTheBatchComesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		never := answer{failed: []int{0}}
		b, log := &bus{answers: []answer{{failed: []int{1}}, never, never, never}}, new(bytes.Buffer)
		p := saying(b, log, func(id string) any {
			if id == "1" || id == "3" || id == "5" {
				return make(chan int)
			}
			return id
		})
		unread := submitted(t, 5)
		unread[3].Events = append(unread[3].Events, eventstore.Event{Type: "order.gift_wrapped.v1", Data: json.RawMessage(`{}`)})
		if taken, ok := errors.AsType[*publish.NotTakenError](p.Publish(t.Context(), unread...)); !ok || taken.Stream.ID != "4" {
			t.Fatalf("got %v", taken)
		}
		if text := log.String(); strings.Count(text, "level=ERROR") != 2 || !strings.Contains(text, "order/1 ") || !strings.Contains(text, "order/3 ") {
			t.Errorf("log of the first time: %s", text)
		}
		log.Reset()
		if err := p.Publish(t.Context(), unread[3:]...); err != nil {
			t.Fatal(err)
		}
		if text := log.String(); strings.Count(text, "level=ERROR") != 2 || !strings.Contains(text, "order/4 ") || !strings.Contains(text, "order/5 ") {
			t.Errorf("log of the second time: %s", text)
		}
	})
}

// saying returns a publisher that says of each order that is submitted what it
// is told to.
func saying(b publish.Bus, log *bytes.Buffer, say func(id string) any) *publish.Publisher {
	return publish.New(b, logTo(log), publish.From(order.Category, order.Events, publish.On("OrderSubmitted",
		func(_ order.Submitted, r eventstore.Recorded) any { return say(r.Stream.ID) })))
}
