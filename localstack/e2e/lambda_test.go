package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"testing"
)

// lambda calls the emulator's Lambda API, decodes the answer into v unless v is
// nil, and returns its header. The emulator takes any signature by a key that it
// knows.
func (s *stack) lambda(ctx context.Context, t *testing.T, method, path string, body, v any) http.Header {
	t.Helper()
	content, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(ctx, method, s.endpoint+"/2015-03-31/functions"+path, bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0")
	got, err := web.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err == nil && v != nil {
		err = json.Unmarshal(text, v)
	}
	if err != nil || got.StatusCode >= http.StatusBadRequest {
		t.Fatalf("%s %s: got %s %s, %v", method, path, got.Status, text, err)
	}
	return got.Header
}
