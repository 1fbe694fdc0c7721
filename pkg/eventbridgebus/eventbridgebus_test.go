package eventbridgebus_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/eventbridgebus"
	"github.com/daybook-es/daybook/pkg/publish"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// nowhere is an address that nobody looks up: the network answers.
const nowhere = "http://127.0.0.1:1"

// busOver returns a bus over a network, and its log.
func busOver(network http.RoundTripper) (*eventbridgebus.Bus, *bytes.Buffer) {
	log := new(bytes.Buffer)
	return eventbridgebus.New(over(network, nowhere), "orders", slog.New(slog.NewTextHandler(log, nil))), log
}

func submitted(n int) (all []publish.Event) {
	for i := range n {
		all = append(all, publish.Event{
			Type: publish.SubmittedName, Tenant: "shop", Stream: "order/" + strconv.Itoa(i+1), Version: 2,
			At: noon.Add(123 * time.Millisecond), Correlation: "call-1", Data: json.RawMessage(`{"orderId":"` + strconv.Itoa(i+1) + `"}`),
		})
	}
	return all
}

func TestAnEntrySaysWhatRulesAndConsumersRead(t *testing.T) {
	var got any
	bus, _ := busOver(answering(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil || json.Unmarshal(body, &got) != nil {
			t.Errorf("sent %s, %v", body, err)
		}
		return answer(200, `{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}`)(r)
	}))
	if failed, err := bus.Publish(t.Context(), submitted(1)); err != nil || len(failed) > 0 {
		t.Fatalf("got %v, %v", failed, err)
	}
	want := map[string]any{"Entries": []any{map[string]any{
		"EventBusName": "orders", "Source": "daybook", "DetailType": "OrderSubmitted", "Time": 1795521600.123,
		"Detail": `{"type":"OrderSubmitted","tenant":"shop","stream":"order/1","version":2,"at":"2026-11-24T12:00:00.123Z","correlation":"call-1","data":{"orderId":"1"}}`,
	}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestEntriesThatFailedAreNotTaken(t *testing.T) {
	bus, log := busOver(answer(200, `{"FailedEntryCount":3,"Entries":[{"EventId":"1"},
		{"ErrorCode":"ThrottlingException","ErrorMessage":"Rate exceeded"},{"EventId":"3"},{"EventId":"4","ErrorCode":"InternalFailure"},{}]}`))
	failed, err := bus.Publish(t.Context(), submitted(5))
	if !slices.Equal(failed, []int{1, 3, 4}) || err != nil {
		t.Errorf("got %v, %v", failed, err)
	}
	if line := log.String(); strings.Count(line, "\n") != 1 ||
		!strings.Contains(line, `level=WARN msg="events not taken" bus=orders count=3 type=OrderSubmitted stream=order/2 version=2 code=ThrottlingException err="Rate exceeded"`) {
		t.Errorf("log: %s", line)
	}
}

func TestOfAnErrorNothingIsKnown(t *testing.T) {
	for name, c := range map[string]struct {
		network http.RoundTripper
		says    string
	}{
		"a server that fails":           {answer(500, refusal("InternalException")), "InternalException"},
		"a proxy":                       {answer(503, "<html>"), "503"},
		"too many requests":             {answer(400, refusal("ThrottlingException")), "ThrottlingException"},
		"a request that is refused":     {answer(400, refusal("ValidationException")), "ValidationException"},
		"a role that may not":           {answer(400, refusal("AccessDeniedException")), "AccessDeniedException"},
		"an answer cut off":             {answer(200, `{"Entries":[{"EventId":"1"},{"Ev`), "deserialization failed"},
		"an answer to fewer":            {answer(200, `{"Entries":[{"EventId":"1"}]}`), "2 events, and an answer to 1"},
		"an answer without entries":     {answer(200, `{}`), "2 events, and an answer to 0"},
		"a connection that is reset":    {answering(func(*http.Request) (*http.Response, error) { return nil, errReset }), errReset.Error()},
		"nobody at the other end of it": {new(http.Transport), "connection refused"},
	} {
		bus, log := busOver(c.network)
		failed, err := bus.Publish(t.Context(), submitted(2))
		if err == nil || len(failed) > 0 || !strings.HasPrefix(err.Error(), "put events on orders: ") || !strings.Contains(err.Error(), c.says) || log.Len() > 0 {
			t.Errorf("%s: got %v, %v; log: %s", name, failed, err, log)
		}
	}
}

func TestWhatAWSWouldRefuseIsNotSent(t *testing.T) {
	for name, events := range map[string][]publish.Event{
		"too many":     submitted(publish.Most + 1),
		"none at all":  nil,
		"too large":    {{Data: json.RawMessage(`"` + strings.Repeat("x", publish.MostBytes) + `"`)}},
		"without JSON": {{Data: json.RawMessage(`{`)}},
	} {
		bus, _ := busOver(answering(func(r *http.Request) (*http.Response, error) {
			t.Errorf("%s: it was sent", name)
			return answer(200, `{}`)(r)
		}))
		if failed, err := bus.Publish(t.Context(), events); (err == nil) != (len(events) == 0) || len(failed) > 0 {
			t.Errorf("%s: got %v, %v", name, failed, err)
		}
	}
}

func TestAnEndedContextIsKept(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	bus, _ := busOver(answering(func(r *http.Request) (*http.Response, error) {
		cancel()
		<-r.Context().Done()
		return nil, r.Context().Err()
	}))
	if _, err := bus.Publish(ctx, submitted(1)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
