// Package eventbridgebus publishes on a bus of Amazon EventBridge.
//
// A rule finds an event by its detail-type, which is the event's public name, and
// by what is in its detail, which is the whole event:
//
//	{"source": ["daybook"], "detail-type": ["OrderSubmitted"]}
package eventbridgebus

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"github.com/daybook-es/daybook/pkg/publish"
)

// Source is the source of all events.
const Source = "daybook"

// Client is what a bus calls of an [eventbridge.Client].
type Client interface {
	PutEvents(context.Context, *eventbridge.PutEventsInput, ...func(*eventbridge.Options)) (*eventbridge.PutEventsOutput, error)
}

// A Bus is one of EventBridge's.
type Bus struct {
	client Client
	name   string
	log    *slog.Logger
}

var _ publish.Bus = (*Bus)(nil)

// New returns the bus of a name. Why it did not take an event is said in the log.
func New(client Client, name string, log *slog.Logger) *Bus {
	return &Bus{client: client, name: name, log: log}
}

// Publish implements [publish.Bus].
func (b *Bus) Publish(ctx context.Context, events []publish.Event) (failed []int, err error) {
	if len(events) == 0 {
		return nil, nil // no request has no entries
	}
	if n := publish.Fit(events); n < len(events) {
		return nil, b.fault(fmt.Errorf("%d at once, of which it takes %d", len(events), n))
	}
	entries := make([]types.PutEventsRequestEntry, len(events))
	for i, e := range events {
		detail, err := json.Marshal(e)
		if err != nil {
			return nil, b.fault(err)
		}
		entries[i] = types.PutEventsRequestEntry{
			EventBusName: &b.name, Source: new(Source), DetailType: &e.Type, Detail: new(string(detail)), Time: &e.At,
		}
	}
	answer, err := b.client.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: entries})
	if err == nil && len(answer.Entries) != len(events) {
		err = fmt.Errorf("%d events, and an answer to %d", len(events), len(answer.Entries))
	}
	if err != nil {
		return nil, b.fault(err)
	}
	for i, a := range answer.Entries {
		if a.ErrorCode != nil || a.EventId == nil {
			failed = append(failed, i)
		}
	}
	b.say(events, failed, answer.Entries)
	return failed, nil
}

func (b *Bus) fault(err error) error { return fmt.Errorf("put events on %s: %w", b.name, err) }

// say tells in one line of the first event that was not taken, and of how many.
func (b *Bus) say(events []publish.Event, failed []int, answers []types.PutEventsResultEntry) {
	if len(failed) == 0 {
		return
	}
	e, a := events[failed[0]], answers[failed[0]]
	b.log.Warn("events not taken", "bus", b.name, "count", len(failed), "type", e.Type, "stream", e.Stream, "version", e.Version,
		"code", aws.ToString(a.ErrorCode), "err", aws.ToString(a.ErrorMessage))
}
