package eventbridgebus_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/daybook-es/daybook/pkg/publish"
)

// answering is a network on which every request gets one answer.
type answering func(*http.Request) (*http.Response, error)

// RoundTrip implements [http.RoundTripper].
func (a answering) RoundTrip(r *http.Request) (*http.Response, error) { return a(r) }

func answer(status int, body string) answering {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: status, Header: http.Header{}, Request: r,
			Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
		}, nil
	}
}

func refusal(code string) string { return `{"__type":"` + code + `","message":"no"}` }

var errReset = errors.New("connection reset by peer")

// A weather is what becomes of one request on its way to EventBridge.
type weather string

const (
	fair      weather = "goes through"
	lostReply weather = "is taken, and its reply is lost"
	failing   weather = "meets a server that fails"
	throttled weather = "is refused, for there are too many"
	partly    weather = "is taken but for every second entry"
)

// A network has one weather after the other, and then a fair one. It keeps the
// ids of the orders that each request tells of.
type network struct {
	t        testing.TB
	weather  []weather
	requests []string
}

// RoundTrip implements [http.RoundTripper].
func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	var request struct{ Entries []json.RawMessage }
	body, err := io.ReadAll(r.Body)
	must(n.t, err)
	must(n.t, json.Unmarshal(body, &request))
	n.requests = append(n.requests, told(n.t, request.Entries))
	now := fair
	if i := len(n.requests) - 1; i < len(n.weather) {
		now = n.weather[i]
	}
	switch now {
	case failing:
		return answer(500, refusal("InternalException"))(r)
	case throttled:
		return answer(400, refusal("ThrottlingException"))(r)
	case partly:
		return n.partly(r, request.Entries)
	case fair, lostReply:
	}
	response, err := n.pass(r, body)
	if now == lostReply && err == nil {
		return nil, errors.Join(errReset, response.Body.Close())
	}
	return response, err
}

// partly lets every other entry through, and answers for the rest as EventBridge
// does.
func (n *network) partly(r *http.Request, entries []json.RawMessage) (*http.Response, error) {
	passing := slices.DeleteFunc(slices.Clone(entries), func(e json.RawMessage) bool {
		return slices.IndexFunc(entries, func(o json.RawMessage) bool { return bytes.Equal(e, o) })%2 == 1
	})
	body, err := json.Marshal(map[string]any{"Entries": passing})
	must(n.t, err)
	response, err := n.pass(r, body)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var taken struct{ Entries []map[string]string }
	must(n.t, json.NewDecoder(response.Body).Decode(&taken))
	all := make([]map[string]string, len(entries))
	for i := range all {
		if all[i] = taken.Entries[i/2]; i%2 == 1 {
			all[i] = map[string]string{"ErrorCode": "ThrottlingException", "ErrorMessage": "Rate exceeded"}
		}
	}
	said, err := json.Marshal(map[string]any{"FailedEntryCount": len(entries) / 2, "Entries": all})
	must(n.t, err)
	return answer(200, string(said))(r)
}

func (n *network) pass(r *http.Request, body []byte) (*http.Response, error) {
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return http.DefaultTransport.RoundTrip(r)
}

// told returns the ids of the orders that the entries tell of.
func told(t testing.TB, entries []json.RawMessage) (ids string) {
	t.Helper()
	for _, e := range entries {
		var entry struct{ Detail string }
		var event publish.Event
		must(t, json.Unmarshal(e, &entry))
		must(t, json.Unmarshal([]byte(entry.Detail), &event))
		ids += orders(event)
	}
	return ids
}
