package testsize_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/daybook-es/daybook/internal/testsize"
)

func TestSizeOfEachKindOfRun(t *testing.T) {
	n := testsize.N{Short: 1, Race: 2, Gate: 3, Soak: 4}
	t.Setenv(testsize.EnvSoak, "")
	gate := n.Get()
	if gate == 4 || gate == 1 != testing.Short() {
		t.Errorf("got %d without a soak", gate)
	}
	t.Setenv(testsize.EnvSoak, "1")
	if got := n.Get(); got != 4 && !testing.Short() {
		t.Errorf("got %d in a soak, want 4", got)
	}
}

func TestSeedIsFixedOutsideASoak(t *testing.T) {
	t.Setenv(testsize.EnvSoak, "")
	if a, b := testsize.Rand(t).Uint64(), testsize.Rand(t).Uint64(); a != b {
		t.Errorf("got %d and %d, want the same", a, b)
	}
	t.Setenv(testsize.EnvSoak, "1")
	if a, b := testsize.Seed(t), testsize.Seed(t); a == b {
		t.Errorf("got %d twice in a soak, want a new seed each time", a)
	}
	t.Setenv(testsize.EnvSeed, "42")
	if got := testsize.Seed(t); got != 42 {
		t.Errorf("got %d, want the seed that was asked for", got)
	}
}

func TestCheckRunsAsManyCasesAsTheSizeSays(t *testing.T) {
	t.Setenv(testsize.EnvSoak, "1")
	n, ran := testsize.N{Short: 7, Soak: 9}, 0
	testsize.Check(t, n, func(*rapid.T) { ran++ })
	if ran != n.Get() {
		t.Errorf("got %d cases, want %d", ran, n.Get())
	}
}
