package e2e_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/daybook-es/daybook/internal/ministack"
)

// lambda calls the emulator's Lambda API, decodes the answer into v unless v is
// nil, and returns its header.
func (s *stack) lambda(ctx context.Context, t *testing.T, method, path string, body, v any) http.Header {
	t.Helper()
	header, err := ministack.Lambda(ctx, s.aws, method, path, body, v)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return header
}
