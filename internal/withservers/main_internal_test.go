package main

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/daybook-es/daybook/internal/chromium"
	"github.com/daybook-es/daybook/internal/dynamolocal"
	"github.com/daybook-es/daybook/internal/ministack"
)

// elsewhere says that all servers run already, so run starts none.
func elsewhere(t *testing.T) {
	t.Helper()
	for _, variable := range []string{dynamolocal.EnvEndpoint, ministack.EnvEndpoint, ministack.EnvMoto, chromium.EnvURL} {
		t.Setenv(variable, "http://127.0.0.1:1")
	}
}

func TestTheExitCodeIsTheCommands(t *testing.T) {
	elsewhere(t)
	for script, want := range map[string]int{
		`test "$DAYBOOK_MINISTACK$DAYBOOK_MOTO" = http://127.0.0.1:1http://127.0.0.1:1`: 0,
		"exit 7":        7,
		"kill -KILL $$": 128 + 9,
	} {
		if got, err := run([]string{"sh", "-c", script}); got != want || err != nil {
			t.Errorf("%s: got %d, %v, want %d", script, got, err, want)
		}
	}
	if got, err := run([]string{filepath.Join(t.TempDir(), "none")}); got != 1 || err == nil {
		t.Errorf("a command that is not there: got %d, %v, want 1 and why", got, err)
	}
}

func TestTheCommandGetsTheSignals(t *testing.T) {
	elsewhere(t)
	const script = `trap "exit 3" TERM; kill -TERM $PPID; while :; do sleep 0.02; done`
	if got, err := run([]string{"sh", "-c", script}); got != 3 || err != nil {
		t.Errorf("got %d, %v, want 3", got, err)
	}
}

func TestAServerEndsWithTheCommand(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts MiniStack")
	}
	elsewhere(t)
	t.Setenv(ministack.EnvEndpoint, "")
	file := filepath.Join(t.TempDir(), "address")
	t.Setenv("FILE", file)
	const script = `printf %s "$DAYBOOK_MINISTACK" > "$FILE"`
	if got, err := run([]string{"sh", "-c", script}); got != 0 || err != nil {
		t.Fatalf("got %d, %v, want 0", got, err)
	}
	address, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(address) == 0 && os.Getenv("CI") != "true" {
		t.Skip("MiniStack is not installed")
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, string(address), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if response, err := http.DefaultClient.Do(request); err == nil {
		_ = response.Body.Close()
		t.Errorf("%s still answers", address)
	}
}
