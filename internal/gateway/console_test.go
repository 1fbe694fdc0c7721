package gateway_test

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/daybook-es/daybook/console"
	"github.com/daybook-es/daybook/internal/gateway"
)

func TestTheConsoleIsServedThroughTheGateway(t *testing.T) {
	g := gateway.New(console.Handler(api(), ""), slog.New(slog.DiscardHandler))
	for path, begins := range map[string]string{"/": "<!doctype html>", "/console/app.js": "// ", "/console/style.css": ":root", "/console/icon.svg": "<svg"} {
		got := invoke(t, g, event(t, "GET", path, nil))
		if got.StatusCode != 200 || got.IsBase64Encoded || !strings.HasPrefix(got.Body, begins) || got.Headers["Content-Security-Policy"] == "" {
			t.Errorf("%s: %+v", path, got)
		}
	}
	if got := invoke(t, g, event(t, "POST", "/", nil)); got.StatusCode != 405 || got.Headers["Allow"] != "GET, HEAD" {
		t.Errorf("POST: %+v", got)
	}
	if got := invoke(t, g, event(t, "GET", "/console/none", nil)); got.StatusCode != 404 || got.Headers["Content-Type"] != "application/problem+json" {
		t.Errorf("a file that is none: %+v", got)
	}
}
