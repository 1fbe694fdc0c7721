package cloud_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/daybook-es/daybook/internal/cloud"
	"github.com/daybook-es/daybook/internal/runtimeapi"
)

// TestMain is a function, in whose place a bootstrap of these tests is this
// program itself.
func TestMain(m *testing.M) {
	if os.Getenv("BE") == "" {
		os.Exit(m.Run())
	}
	env := cloud.Env()
	env.Events()
	env.Start(func(_ context.Context, e struct{ Do string }) error {
		if e.Do == "panic" {
			panic("oh")
		}
		return errors.New("it has said so itself")
	})
}

// start starts the function.
func start(t *testing.T, env ...string) (*runtimeapi.Function, *bytes.Buffer, error) {
	t.Helper()
	program, err := os.Executable()
	folder := t.TempDir()
	if err := errors.Join(err, os.Symlink(program, filepath.Join(folder, "bootstrap"))); err != nil {
		t.Fatal(err)
	}
	log := new(bytes.Buffer)
	f, err := runtimeapi.Start(t.Context(), folder, append(env, "BE=a function", "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=id", "AWS_SECRET_ACCESS_KEY=secret"), log)
	return f, log, err
}

func TestAFunctionDoesNotStartWithoutItsEnvironment(t *testing.T) {
	_, log, err := start(t)
	if err == nil || !regexp.MustCompile(`^{[^\n]*"level":"ERROR","message":"cannot start","err":"the environment lacks DAYBOOK_EVENTS_TABLE;[^\n]*}\n$`).Match(log.Bytes()) {
		t.Errorf("%v: %s", err, log)
	}
}

func TestWhatGoesWrongIsLoggedOnce(t *testing.T) {
	for event, want := range map[string]struct{ answer, log string }{
		`{"do": "fail"}`:  {`{"errorMessage":"it has said so itself","errorType":"errorString"}`, ``},
		`{"do": "panic"}`: {`{"errorMessage":"panic","errorType":"Fault"}`, `"message":"panic","err":"oh"`},
		`{"do": 1}`:       {`{"errorMessage":"json: cannot unmarshal number into Go struct field .Do of type string","errorType":"UnmarshalTypeError"}`, `"message":"event makes no sense"`},
	} {
		f, log, err := start(t, cloud.EventsTable+"=events")
		if err != nil {
			t.Fatalf("%v: %s", err, log)
		}
		got, err := f.Invoke(t.Context(), []byte(event), time.Hour)
		f.Stop()
		if err != nil || !got.Failed || string(got.Payload) != want.answer {
			t.Errorf("%s: got %s, %v", event, got.Payload, err)
		}
		if said := strings.Count(log.String(), "\n"); said > 1 || (said == 1) != (want.log != "") || !strings.Contains(log.String(), want.log) {
			t.Errorf("%s: logged %s", event, log)
		}
	}
}
