package eventbridgebus_test

import (
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/daybook-es/daybook/internal/eventually"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventbridgebus"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/publish"
)

func TestEveryEventArrivesWhateverTheWeather(t *testing.T) {
	for name, c := range map[string]struct {
		weather  []weather
		requests string
		arrive   string
	}{
		"it goes through":               {nil, "12345", "12345"},
		"a reply is lost":               {[]weather{lostReply}, "12345 12345", "1122334455"},
		"some are throttled":            {[]weather{partly, partly}, "12345 24 4", "12345"},
		"all are throttled, then some":  {[]weather{throttled, partly}, "12345 12345 24", "12345"},
		"it fails, and a reply is lost": {[]weather{failing, partly, lostReply}, "12345 12345 24 24", "1223445"},
	} {
		t.Run(name, func(t *testing.T) {
			l, quiet := listen(t, []string{publish.SubmittedName}), slog.New(slog.DiscardHandler)
			net := &network{t: t, weather: c.weather}
			bus := eventbridgebus.New(over(net, *l.config.BaseEndpoint), l.name, quiet)
			must(t, publish.New(bus, quiet, publish.Sources()...).Publish(t.Context(), commits(5)...))
			if got := strings.Join(net.requests, " "); got != c.requests {
				t.Fatalf("requests %q, want %q", got, c.requests)
			}
			eventually.Until(t, "the queue has received as many events as were taken", func() bool { return len(l.received(t)) >= len(c.arrive) })
			arrived := strings.Split(orders(l.got...), "")
			if slices.Sort(arrived); strings.Join(arrived, "") != c.arrive {
				t.Errorf("arrived %q, want %q", arrived, c.arrive)
			}
		})
	}
}

// orders returns the ids of the events' orders.
func orders(events ...publish.Event) (ids string) {
	for _, e := range events {
		ids += strings.TrimPrefix(e.Stream, "order/")
	}
	return ids
}

// commits are what [submitted] is made of.
func commits(n int) (all []eventstore.Commit) {
	for _, e := range submitted(n) {
		all = append(all, eventstore.Commit{
			Stream: eventstore.StreamID{Tenant: e.Tenant, Category: order.Category, ID: orders(e)}, First: e.Version, At: e.At,
			Events: []eventstore.Event{{Type: order.Submitted{}.EventType(), Data: json.RawMessage(`{"at":"2026-11-24T12:00:00Z"}`)}},
		})
	}
	return all
}
