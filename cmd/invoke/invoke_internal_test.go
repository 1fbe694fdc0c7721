package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/daybook-es/daybook/internal/bootstrap"
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

// worlds are the functions by the world in which they run, in this order: each
// world is an account of its own, as [furnish] leaves it, and none of its
// functions changes what a later one finds of its samples.
var worlds = [][]string{
	{"queries", "live", "push", "publisher", "saga-sweep", "saga-start", "saga-task"},
	{"commands", "search", "returns-refund", "returns-restock", "saga-watch"},
	{"projector", "park"},
}

// Each function meets its samples in the order of their names.
func TestEachSampleIsAnsweredAsItShould(t *testing.T) {
	endpoint := ministack.Endpoint(t)
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	for _, names := range worlds {
		t.Run(names[0], func(t *testing.T) {
			t.Parallel()
			number := fmt.Sprint(100_000_000_000 + rand.Int64N(900_000_000_000))
			if err := furnish(t.Context(), root, account(endpoint, number), bucket+"-"+number); err != nil {
				t.Fatal(err)
			}
			for _, name := range names {
				folder := filepath.Dir(bootstrap.Of(t, name))
				of, err := samplesOf(root, name)
				if err != nil || len(of) == 0 {
					t.Fatalf("%s has no sample: %v", name, err)
				}
				for _, file := range of {
					name := strings.TrimSuffix(filepath.Base(file), ".json")
					t.Run(name, func(t *testing.T) {
						want, ok := samples[name]
						if !ok {
							t.Fatal("samples does not say what its answer must be")
						}
						want.check(t, folder, file, endpoint, number)
					})
				}
			}
		})
	}
}

func TestEachFunctionHasAWorld(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	want, err := functions(root)
	got := slices.Concat(worlds...)
	slices.Sort(got)
	if slices.Sort(want); err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
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

func (s sample) check(t *testing.T, folder, file, endpoint, account string) {
	t.Helper()
	event, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	event = []byte(strings.NewReplacer(":"+ministack.Account+":", ":"+account+":", bucket, bucket+"-"+account).Replace(string(event)))
	log := new(bytes.Buffer)
	f, err := runtimeapi.Start(t.Context(), folder, worldEnv(endpoint, account), log)
	if err != nil {
		t.Fatalf("%v: %s", err, log)
	}
	got, err := f.Invoke(t.Context(), event, time.Hour)
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
