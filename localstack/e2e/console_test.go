package e2e_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestTheConsoleIsServed(t *testing.T) {
	s := open(t)
	for path, kind := range map[string]string{"/": "text/html; charset=utf-8", "/console/app.js": "text/javascript; charset=utf-8"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		got, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(got.Body)
		if err := got.Body.Close(); err != nil {
			t.Error(err)
		}
		if err != nil || got.StatusCode != http.StatusOK || got.Header.Get("Content-Type") != kind ||
			!strings.HasPrefix(got.Header.Get("Content-Security-Policy"), "default-src 'none'; ") || len(body) == 0 {
			t.Errorf("%s: %s, %v, %d bytes, %v", path, got.Status, got.Header, len(body), err)
		}
	}
}
