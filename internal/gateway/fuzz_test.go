package gateway_test

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/daybook-es/daybook/internal/gateway"
)

// FuzzInvoke: whatever comes is answered, never by a redirect; and what is not
// granted is a problem.
func FuzzInvoke(f *testing.F) {
	seeds, err := filepath.Glob("testdata/*.json")
	if err != nil || len(seeds) == 0 {
		f.Fatal(seeds, err)
	}
	for _, seed := range seeds {
		text, err := os.ReadFile(seed)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"version":"2.0","rawPath":"*","headers":{"":"\u0000"},"body":"%","isBase64Encoded":true,"requestContext":{"http":{"method":"POST"}}}`))
	g := gateway.New(api(), slog.New(slog.DiscardHandler))
	f.Fuzz(func(t *testing.T, event []byte) {
		got := invoke(t, g, event)
		var problem struct{ Status int }
		if got.StatusCode < 400 && got.StatusCode >= 300 || got.StatusCode < 200 {
			t.Errorf("%s: %+v", event, got)
		}
		if got.StatusCode >= 400 && got.Body != "" && (json.Unmarshal([]byte(got.Body), &problem) != nil || problem.Status != got.StatusCode) {
			t.Errorf("%s: no problem: %+v", event, got)
		}
	})
}
