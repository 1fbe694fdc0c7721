package publish_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/publish"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// A bus keeps what it is called with. It gives the answers one after the other,
// and then takes everything.
type bus struct {
	answers []answer
	calls   [][]publish.Event
}

type answer struct {
	failed []int
	err    error
}

// Publish implements [publish.Bus].
func (b *bus) Publish(_ context.Context, events []publish.Event) ([]int, error) {
	b.calls = append(b.calls, slices.Clone(events))
	if n := len(b.calls); n <= len(b.answers) {
		return b.answers[n-1].failed, b.answers[n-1].err
	}
	return nil, nil
}

// said tells each call's events by their ids, "1@2" is order 1 at version 2.
func (b *bus) said() string {
	var calls []string
	for _, call := range b.calls {
		var ids []string
		for _, e := range call {
			ids = append(ids, fmt.Sprintf("%s@%d", strings.TrimPrefix(e.Stream, "order/"), e.Version))
		}
		calls = append(calls, strings.Join(ids, " "))
	}
	return strings.Join(calls, " | ")
}

// publisher publishes to the bus; it says into the log what it cannot.
func publisher(b publish.Bus) (*publish.Publisher, *bytes.Buffer) {
	log := new(bytes.Buffer)
	return publish.New(b, logTo(log), publish.Sources()...), log
}

func logTo(log *bytes.Buffer) *slog.Logger { return slog.New(slog.NewTextHandler(log, nil)) }

// commit returns what was written to a stream from a version on.
func commit[E domain.Typed](t testing.TB, registry *domain.Registry[E], category, id string, first eventstore.Version, events ...E) eventstore.Commit {
	t.Helper()
	c := eventstore.Commit{
		Stream: eventstore.StreamID{Tenant: "shop", Category: category, ID: id},
		First:  first, Command: eventstore.CommandID{Key: "k"}, At: noon.Add(time.Millisecond),
	}
	for i, e := range events {
		name, data, err := registry.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		c.Events = append(c.Events, eventstore.Event{
			Type: name, Data: data, Correlation: fmt.Sprint("corr-", i+1), Causation: "cause", Actor: "client",
		})
	}
	return c
}

// submitted returns the commits of so many orders, each submitted at version 2.
func submitted(t testing.TB, n int) (all []eventstore.Commit) {
	t.Helper()
	for i := range n {
		all = append(all, commit[order.Event](t, order.Events, order.Category, fmt.Sprint(i+1), 2, order.Submitted{At: noon}))
	}
	return all
}
