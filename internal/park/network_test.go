package park_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/daybook-es/daybook/pkg/publish"
)

// errReset is what a client sees of a reply that is lost.
var errReset = errors.New("connection reset by peer")

func answer(r *http.Request, status int, body []byte) *http.Response {
	return &http.Response{
		StatusCode: status, Header: http.Header{}, Request: r, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}
}

// A bucket is a network on which S3 answers.
type bucket struct {
	mu      sync.Mutex
	objects map[string][]byte // by key
	keys    []string          // in the order in which they came
}

func newBucket() *bucket { return &bucket{objects: make(map[string][]byte)} }

const bucketName = "shop-failed-batches"

// put keeps an object under a key of the form that Lambda gives it.
func (b *bucket) put(object []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := fmt.Sprintf("aws/lambda/f89f8514-cdd9-4602-9e1f-01a5b77d449b/shardId-00000001573689847184-864758bb/2026/11/24/2026-11-24T12.00.00-%012d", len(b.keys))
	b.objects[key], b.keys = object, append(b.keys, key)
}

// RoundTrip implements [http.RoundTripper].
func (b *bucket) RoundTrip(r *http.Request) (*http.Response, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	object, ok := b.objects[strings.TrimPrefix(r.URL.Path, "/"+bucketName+"/")]
	if !ok || r.Method != http.MethodGet {
		return answer(r, http.StatusNotFound, []byte(`<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>`)), nil
	}
	return answer(r, http.StatusOK, object), nil
}

func (b *bucket) client() *s3.Client {
	return s3.New(s3.Options{
		Region: "us-east-1", BaseEndpoint: new("http://127.0.0.1:1"), UsePathStyle: true, HTTPClient: &http.Client{Transport: b},
		Credentials: credentials.NewStaticCredentialsProvider("id", "secret", ""),
		Retryer:     retry.AddWithMaxAttempts(retry.NewStandard(), 1),
	})
}

// A manner is how a bus answers a call.
type manner struct {
	status int    // not 200: it refuses all
	lost   bool   // it takes what it takes, and nobody hears of it
	fails  []bool // the entries that it refuses
}

// A bus is a network on which EventBridge answers.
type bus struct {
	next  func() manner // nil: it takes everything
	taken []publish.Event
}

// RoundTrip implements [http.RoundTripper].
func (b *bus) RoundTrip(r *http.Request) (*http.Response, error) {
	var request struct {
		Entries []struct{ Source, DetailType, EventBusName, Detail string }
	}
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
		return nil, err
	}
	m := manner{status: http.StatusOK}
	if b.next != nil {
		m = b.next()
	}
	if m.status != http.StatusOK {
		return answer(r, m.status, []byte(`{"__type":"ThrottlingException","message":"slow down"}`)), nil
	}
	var reply struct {
		Entries          []map[string]string
		FailedEntryCount int
	}
	for i, entry := range request.Entries {
		var e publish.Event
		err := json.Unmarshal([]byte(entry.Detail), &e)
		switch {
		case err != nil || entry.Source != "daybook" || entry.DetailType != e.Type || entry.EventBusName != "shop":
			reply.Entries = append(reply.Entries, map[string]string{"ErrorCode": "MalformedDetail"})
		case i < len(m.fails) && m.fails[i]:
			reply.Entries = append(reply.Entries, map[string]string{"ErrorCode": "ThrottlingException", "ErrorMessage": "slow down"})
		default:
			reply.Entries = append(reply.Entries, map[string]string{"EventId": fmt.Sprint(len(b.taken))})
			b.taken = append(b.taken, e)
		}
	}
	if m.lost {
		return nil, errReset
	}
	text, err := json.Marshal(reply)
	return answer(r, http.StatusOK, text), err
}

func (b *bus) client() *eventbridge.Client {
	return eventbridge.New(eventbridge.Options{
		Region: "us-east-1", BaseEndpoint: new("http://127.0.0.1:1"), HTTPClient: &http.Client{Transport: b},
		Credentials: credentials.NewStaticCredentialsProvider("id", "secret", ""),
		Retryer:     retry.AddWithMaxAttempts(retry.NewStandard(), 1),
	})
}
