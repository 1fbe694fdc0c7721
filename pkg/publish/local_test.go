package publish_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/daybook-es/daybook/pkg/publish"
	"github.com/daybook-es/daybook/pkg/publish/bustest"
)

func TestLocal(t *testing.T) {
	bustest.Run(t, func(testing.TB) (publish.Bus, func() []publish.Event) {
		var got []publish.Event
		bus := &publish.Local{Log: slog.New(slog.DiscardHandler)}
		for _, public := range bustest.Types {
			bus.Listen(public, func(_ context.Context, e publish.Event) error {
				got = append(got, e)
				return nil
			})
		}
		return bus, func() []publish.Event { return got }
	})
}

// A listener keeps the streams of what it takes; it fails on some the first time.
type listener struct {
	failsOn []string
	got     []string
}

func (l *listener) take(_ context.Context, e publish.Event) error {
	if i := slices.Index(l.failsOn, e.Stream); i >= 0 {
		l.failsOn = slices.Delete(l.failsOn, i, i+1)
		return errors.New("not now")
	}
	l.got = append(l.got, e.Stream)
	return nil
}

func TestLocalHandsEachEventToAllWhoListenToItsType(t *testing.T) {
	var log bytes.Buffer
	local := &publish.Local{Log: logTo(&log)}
	first, second, other := &listener{failsOn: []string{"order/2"}}, new(listener), new(listener)
	local.Listen("OrderSubmitted", first.take)
	local.Listen("OrderSubmitted", second.take)
	local.Listen("OrderForgotten", other.take)
	events := []publish.Event{
		{Type: "OrderSubmitted", Stream: "order/1", Version: 2},
		{Type: "OrderSubmitted", Stream: "order/2", Version: 2},
		{Type: "OrderUnheard", Stream: "order/3", Version: 2},
		{Type: "OrderSubmitted", Stream: "order/4", Version: 2},
	}
	failed, err := local.Publish(t.Context(), events)
	if !slices.Equal(failed, []int{1}) || err != nil {
		t.Errorf("got %v, %v", failed, err)
	}
	if want := []string{"order/1", "order/4"}; !slices.Equal(first.got, want) {
		t.Errorf("the listener that failed has %v, want %v", first.got, want)
	}
	if want := []string{"order/1", "order/2", "order/4"}; !slices.Equal(second.got, want) || len(other.got) > 0 {
		t.Errorf("the others have %v and %v, want %v and nothing", second.got, other.got, want)
	}
	if text := log.String(); strings.Count(text, "level=WARN") != 1 || !strings.Contains(text, `stream=order/2 version=2 err="not now"`) {
		t.Errorf("log: %s", text)
	}
}

func TestAListenerThatFailsIsHandedTheEventAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local := &publish.Local{Log: slog.New(slog.DiscardHandler)}
		l := &listener{failsOn: []string{"order/2", "order/2"}}
		local.Listen("OrderSubmitted", l.take)
		p, _ := publisher(local)
		if err := p.Publish(t.Context(), submitted(t, 3)...); err != nil {
			t.Fatal(err)
		}
		if want := []string{"order/1", "order/3", "order/2"}; !slices.Equal(l.got, want) {
			t.Errorf("got %v, want %v", l.got, want)
		}
	})
}
