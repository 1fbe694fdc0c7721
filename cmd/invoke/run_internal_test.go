package main

import (
	"bytes"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/daybook-es/daybook/internal/cloud"
)

// Where the environment names tables, it is the function's.
func TestAnErrorOfTheFunctionIsOneOfTheProgram(t *testing.T) {
	if testing.Short() {
		t.Skip("with -short no function is built")
	}
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"saga-task", filepath.Join(root, "events", "saga-task-no-step.json")}
	for name, value := range map[string]string{
		"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret", cloud.EventsTable: "shop-events", cloud.SandboxTable: "",
	} {
		t.Setenv(name, value)
	}
	var out, log bytes.Buffer
	err = run(t.Context(), args, &out, &log)
	if err == nil || !strings.HasSuffix(err.Error(), "before it asked for an event; its log says why") || !strings.Contains(log.String(), cloud.SandboxTable) || out.Len() > 0 {
		t.Errorf("without a table: %v, log %s, out %s", err, &log, &out)
	}
	log.Reset()
	t.Setenv(cloud.SandboxTable, "shop-sandbox")
	err = run(t.Context(), args, &out, &log)
	if err == nil || err.Error() != "the function answered with an error" || !strings.Contains(out.String(), `"errorType":"Fault"`) ||
		!regexp.MustCompile(`(?m)^saga-task: init [0-9.]+ ms, duration [0-9.]+ ms, peak memory [0-9.]+ MB$`).MatchString(log.String()) {
		t.Errorf("got %v, log %s, out %s", err, &log, &out)
	}
}
