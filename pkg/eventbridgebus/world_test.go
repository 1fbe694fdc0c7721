package eventbridgebus_test

import (
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"github.com/daybook-es/daybook/internal/ministack"
	"github.com/daybook-es/daybook/pkg/eventbridgebus"
	"github.com/daybook-es/daybook/pkg/publish"
)

// A listener has a queue behind a bus of its own, and keeps what arrives there.
type listener struct {
	config aws.Config
	name   string
	queue  ministack.Queue
	got    []publish.Event
}

// listen returns a listener to types of events.
func listen(t *testing.T, publicNames []string) *listener {
	t.Helper()
	config := ministack.Config(ministack.Endpoint(t))
	l := &listener{config: config, name: "bus-" + rand.Text()}
	events := eventbridge.NewFromConfig(config)
	pattern, err := json.Marshal(map[string][]string{"source": {eventbridgebus.Source}, "detail-type": publicNames})
	must(t, err)
	must(t, ministack.Create(config, func(once aws.Config) error {
		_, err := eventbridge.NewFromConfig(once).CreateEventBus(t.Context(), &eventbridge.CreateEventBusInput{Name: &l.name})
		return err
	}))
	l.queue, err = ministack.CreateQueue(t.Context(), config, l.name, "")
	must(t, err)
	arn := ministack.QueueARN(l.name)
	_, err = events.PutRule(t.Context(), &eventbridge.PutRuleInput{Name: &l.name, EventBusName: &l.name, EventPattern: new(string(pattern))})
	must(t, err)
	put, err := events.PutTargets(t.Context(), &eventbridge.PutTargetsInput{
		Rule: &l.name, EventBusName: &l.name, Targets: []types.Target{{Id: &l.name, Arn: &arn}},
	})
	must(t, err)
	if put.FailedEntryCount > 0 {
		t.Fatalf("the queue is no target: %+v", put.FailedEntries)
	}
	return l
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// received returns what has arrived so far.
func (l *listener) received(t testing.TB) []publish.Event {
	t.Helper()
	for {
		bodies, err := l.queue.Take(t.Context(), 0)
		must(t, err)
		if len(bodies) == 0 {
			return l.got
		}
		for _, body := range bodies {
			var envelope struct {
				Source     string        `json:"source"`
				DetailType string        `json:"detail-type"`
				Detail     publish.Event `json:"detail"`
			}
			must(t, json.Unmarshal([]byte(body), &envelope))
			if envelope.Source != "daybook" || envelope.DetailType != envelope.Detail.Type {
				t.Fatalf("the envelope is %s", body)
			}
			l.got = append(l.got, envelope.Detail)
		}
	}
}

// bus returns the bus that is listened to.
func (l *listener) bus() *eventbridgebus.Bus {
	return eventbridgebus.New(eventbridge.NewFromConfig(l.config), l.name, slog.New(slog.DiscardHandler))
}

// over returns a client whose requests, each of them, go over a network once.
func over(network http.RoundTripper, endpoint string) *eventbridge.Client {
	return eventbridge.NewFromConfig(ministack.Config(endpoint), func(o *eventbridge.Options) {
		o.Retryer = retry.AddWithMaxAttempts(retry.NewStandard(), 1)
		o.HTTPClient = &http.Client{Transport: network}
	})
}
