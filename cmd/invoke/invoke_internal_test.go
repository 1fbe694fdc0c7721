package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/daybook-es/daybook/internal/ministack"
	"github.com/daybook-es/daybook/internal/runtimeapi"
)

// A sample's answer matches a pattern; what it logs as wrong are these messages,
// in this order.
type sample struct {
	answer string
	failed bool
	wrong  []string
}

// Each function finds the world as [furnish] leaves it, and meets its samples in
// the order of their names.
func TestEachSampleIsAnsweredAsItShould(t *testing.T) {
	endpoint := ministack.Endpoint(t)
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	names, err := functions(root)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := build(t.Context(), root, folder, names...); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			bootstrap := filepath.Join(folder, name)
			reset(t, endpoint)
			if err := furnish(t.Context(), root, ministack.Config(endpoint)); err != nil {
				t.Fatal(err)
			}
			of, err := samplesOf(root, name)
			if err != nil || len(of) == 0 {
				t.Fatalf("it has no sample: %v", err)
			}
			for _, file := range of {
				name := strings.TrimSuffix(filepath.Base(file), ".json")
				t.Run(name, func(t *testing.T) {
					want, ok := samples[name]
					if !ok {
						t.Fatal("nobody says how it should be answered")
					}
					want.check(t, bootstrap, file, worldEnv(endpoint))
				})
			}
		})
	}
}

func TestEachEventIsTheSampleOfAFunction(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	names, err := functions(root)
	if err != nil {
		t.Fatal(err)
	}
	var met []string
	for _, name := range names {
		of, err := samplesOf(root, name)
		if err != nil {
			t.Fatal(err)
		}
		met = append(met, of...)
	}
	all, err := filepath.Glob(filepath.Join(root, "events", "*.json"))
	if slices.Sort(met); err != nil || !slices.Equal(met, all) || len(all) != len(samples) {
		t.Errorf("%d events, %d of functions, %d samples: %v", len(all), len(met), len(samples), err)
	}
}

func (s sample) check(t *testing.T, bootstrap, file string, env []string) {
	t.Helper()
	event, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	log := new(bytes.Buffer)
	f, err := runtimeapi.Start(t.Context(), bootstrap, env, log)
	if err != nil {
		t.Fatalf("%v: %s", err, log)
	}
	got, err := f.Invoke(t.Context(), event, patience)
	f.Stop()
	if err != nil {
		t.Fatalf("%v: %s", err, log)
	}
	if got.Failed != s.failed || !regexp.MustCompile(s.answer).Match(got.Payload) {
		t.Errorf("got  %v %s\nwant %v %s", got.Failed, got.Payload, s.failed, s.answer)
	}
	if wrong := wrongs(t, log); !slices.Equal(wrong, s.wrong) {
		t.Errorf("logged %q, want %q:\n%s", wrong, s.wrong, log)
	}
}

// wrongs returns the messages of a log that say that something is wrong.
func wrongs(t *testing.T, log *bytes.Buffer) (messages []string) {
	t.Helper()
	for d := json.NewDecoder(bytes.NewReader(log.Bytes())); d.More(); {
		var line struct{ Level, Message, By string }
		if err := d.Decode(&line); err != nil || line.Message == "" {
			t.Fatalf("no line of a log: %v, %s", err, log)
		}
		if line.Level != "INFO" && line.By == "" { // not by the SDK, which tells of connections
			messages = append(messages, line.Message)
		}
	}
	return messages
}

func reset(t *testing.T, endpoint string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, endpoint+"/_ministack/reset", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Close = true // one that is kept is closed by the emulator while functions run
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("reset: %s, %v", answer.Status, err)
	}
}
