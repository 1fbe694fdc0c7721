// Package testsize chooses how much a random test does and by which seed: little
// with go test -short, a fixed sample in the gate, less of it under the race
// detector, and much with new seeds in a soak (make soak).
package testsize

import (
	"flag"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// Environment variables that this package reads.
const (
	EnvSoak = "DAYBOOK_SOAK" // 1: the sizes of a soak, and a new seed
	EnvSeed = "DAYBOOK_SEED" // the seed to use instead, to repeat a failure
)

// N is a count for each kind of run.
type N struct{ Short, Race, Gate, Soak int }

// Get returns the count for this run. Short comes before Soak, and Soak before
// Race.
func (n N) Get() int {
	switch {
	case testing.Short():
		return n.Short
	case soak():
		return n.Soak
	case race():
		return n.Race
	default:
		return n.Gate
	}
}

func soak() bool { return os.Getenv(EnvSoak) == "1" }

var race = sync.OnceValue(func() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
})

// Seed returns what a test's random numbers start from: the same in each gate, a
// new one in each soak. A failed test logs it.
func Seed(t testing.TB) uint64 {
	t.Helper()
	n := uint64(1)
	if text, ok := os.LookupEnv(EnvSeed); ok {
		var err error
		if n, err = strconv.ParseUint(text, 10, 64); err != nil || n == 0 {
			t.Fatalf("%s is %q: it must be a whole number above 0", EnvSeed, text)
		}
	} else if soak() {
		n = 1 + rand.Uint64N(1<<63)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the seed was %d; repeat with %s=%[1]d", n, EnvSeed)
		}
	})
	return n
}

// Rand returns random numbers that start from [Seed].
func Rand(t testing.TB) *rand.Rand {
	t.Helper()
	return rand.New(rand.NewPCG(Seed(t), 0))
}

// Check is rapid.Check for n cases that start from [Seed]. The flags -rapid.seed
// and -rapid.checks, where given, come before both. It hides the test's deadline,
// which is none in a bubble, and by which rapid would do less on a slow machine.
func Check(t *testing.T, n N, property func(*rapid.T)) {
	t.Helper()
	checks := n.Get()
	if testing.Short() {
		checks *= 5 // rapid runs a fifth of them
	}
	preset("rapid.checks", strconv.Itoa(checks))
	preset("rapid.seed", strconv.FormatUint(Seed(t), 10))
	rapid.Check(struct{ rapid.TB }{t}, property)
}

// given are the flags on the command line, before the first preset.
var given = sync.OnceValue(func() map[string]bool {
	names := make(map[string]bool)
	flag.Visit(func(f *flag.Flag) { names[f.Name] = true })
	return names
})

func preset(name, value string) {
	if !given()[name] {
		if err := flag.Set(name, value); err != nil {
			panic(err) // rapid defines the flag and takes the number
		}
	}
}
