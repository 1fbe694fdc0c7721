package queue_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/daybook-es/daybook/internal/queue"
	"github.com/daybook-es/daybook/pkg/eventbridgebus"
	"github.com/daybook-es/daybook/pkg/publish"
	"github.com/daybook-es/daybook/pkg/returns"
)

// returned is what a queue behind the bus holds of an order that was returned.
func returned(id string) string {
	return fmt.Sprintf(`{"version":"0","id":"53dc4d37","detail-type":"OrderReturned","source":"%s","account":"000000000000","time":"2026-11-25T12:00:00Z",`+
		`"region":"us-east-1","resources":[],"detail":{"type":"OrderReturned","tenant":"main","stream":"order/%s","version":6,"at":"2026-11-25T12:00:00Z",`+
		`"correlation":"call-1","data":{"orderId":%q,"goods":[{"productId":"lamp","quantity":2}]}}}`, eventbridgebus.Source, id, id)
}

// A reaction notes to what it reacts, and fails of some.
type reaction struct {
	to  []string
	err map[string]error
}

func (r *reaction) react(_ context.Context, e publish.Event) error {
	r.to = append(r.to, fmt.Sprint(e.Type, " ", e.Stream, " ", e.Version, " ", e.Correlation))
	return r.err[e.Stream]
}

// hand hands a batch to the reaction, and returns which come again and what the
// log says.
func (r *reaction) hand(t *testing.T, bodies ...string) (again, log string) {
	t.Helper()
	var batch events.SQSEvent
	for i, body := range bodies {
		batch.Records = append(batch.Records, events.SQSMessage{MessageId: string(rune('a' + i)), Body: body})
	}
	var said bytes.Buffer
	answer, err := queue.Returned(r.react, slog.New(slog.NewTextHandler(&said, nil)))(t.Context(), batch)
	if err != nil || answer.BatchItemFailures == nil {
		t.Fatalf("got %+v, %v", answer, err)
	}
	for _, f := range answer.BatchItemFailures {
		again += f.ItemIdentifier
	}
	return again, said.String()
}

func TestEachMessageIsReactedTo(t *testing.T) {
	r := new(reaction)
	if again, log := r.hand(t, returned("order-1"), returned("order-2")); again != "" || log != "" {
		t.Errorf("not taken: %q; the log says %s", again, log)
	}
	if got := strings.Join(r.to, ", "); got != "OrderReturned order/order-1 6 call-1, OrderReturned order/order-2 6 call-1" {
		t.Errorf("got %s", got)
	}
}

func TestOneThatFailsComesAgainAndTheOthersDoNot(t *testing.T) {
	for want, err := range map[string]error{
		`msg="message not done"`:       errors.New("no gateway"),
		`msg="message makes no sense"`: &returns.SenselessError{Reason: "no gateway"},
	} {
		r := &reaction{err: map[string]error{"order/order-2": err}}
		again, log := r.hand(t, returned("order-1"), returned("order-2"), returned("order-3"))
		if again != "b" || len(r.to) != 3 || strings.Count(log, "\n") != 1 || !strings.Contains(log, want+` messageId=b err="no gateway"`) {
			t.Errorf("not taken: %q; the log says %s", again, log)
		}
	}
}

func TestWhatIsNoReturnIsSaidOnceAndComesAgain(t *testing.T) {
	right := returned("order-1")
	for name, body := range map[string]string{
		"no JSON":         "eyJ2ZXJzaW9uIjoiMCJ9",
		"nothing":         "",
		"no event":        "[]",
		"another version": strings.Replace(right, `"version":"0"`, `"version":"1"`, 1),
		"another source":  strings.Replace(right, `"source":"daybook"`, `"source":"aws.states"`, 1),
		"another type":    strings.Replace(right, `"detail-type":"OrderReturned"`, `"detail-type":"OrderPlaced"`, 1),
		"no detail":       right[:strings.Index(right, `,"detail":`)] + "}",
		"a cut detail":    right[:len(right)-5],
	} {
		r := new(reaction)
		again, log := r.hand(t, body, right)
		if again != "a" || len(r.to) != 1 || strings.Count(log, queue.Senseless) != 1 {
			t.Errorf("%s: not taken: %q; the log says %s", name, again, log)
		}
	}
}
