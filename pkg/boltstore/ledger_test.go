package boltstore_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/daybook-es/daybook/internal/eventually"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

func openLedgers(t testing.TB, path string) *boltstore.Ledgers {
	t.Helper()
	l, err := boltstore.OpenLedgers(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// is returns a change after which the text is kept; the empty one is nothing.
func is(text string) func([]byte) ([]byte, error) {
	return func([]byte) ([]byte, error) {
		if text == "" {
			return nil, nil
		}
		return []byte(text), nil
	}
}

// more counts up.
func more(was []byte) ([]byte, error) {
	n, _ := strconv.Atoi(string(was))
	return strconv.AppendInt(nil, int64(n+1), 10), nil
}

func change(t testing.TB, l *boltstore.Ledger, key string, f func([]byte) ([]byte, error)) {
	t.Helper()
	if err := l.Change(t.Context(), key, f); err != nil {
		t.Error(err)
	}
}

func kept(t testing.TB, l *boltstore.Ledger) (all []string) {
	t.Helper()
	err := l.Each(t.Context(), func(key string, kept []byte) error {
		all = append(all, key+" "+string(kept))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func expectKept(t testing.TB, l *boltstore.Ledger, want ...string) {
	t.Helper()
	if got := kept(t, l); !slices.Equal(got, want) {
		t.Errorf("the ledger keeps %q, want %q", got, want)
	}
}

func TestALedgerKeepsWhatItIsToldAfterTheFileIsClosed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b", "ledgers.db")
	ledgers := openLedgers(t, path)
	one, two := ledgers.Ledger("one"), ledgers.Ledger("two")
	expectKept(t, one)
	change(t, one, "b", is("1"))
	change(t, one, "a", is("2"))
	change(t, two, "b", is("3"))
	change(t, one, "b", more)
	change(t, one, "c", is("4"))
	change(t, one, "c", is(""))
	change(t, one, "never", is(""))
	for _, key := range []string{"b", "d"} {
		err := one.Change(t.Context(), key, func([]byte) ([]byte, error) { return []byte("5"), errEnough })
		if !errors.Is(err, errEnough) {
			t.Errorf("the error of a change: %v", err)
		}
	}
	if err := errors.Join(ledgers.Close(), ledgers.Close()); err != nil {
		t.Fatal(err)
	}
	if err := one.Change(t.Context(), "b", more); !errors.Is(err, boltstore.ErrClosed) {
		t.Errorf("a change of a closed ledger: %v", err)
	}
	if err := one.Each(t.Context(), nil); !errors.Is(err, boltstore.ErrClosed) {
		t.Errorf("a look into a closed ledger: %v", err)
	}

	ledgers = openLedgers(t, path)
	expectKept(t, ledgers.Ledger("one"), "a 2", "b 2")
	expectKept(t, ledgers.Ledger("two"), "b 3")
}

func TestALedgerInMemoryLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	l := openLedgers(t, boltstore.Memory).Ledger("it")
	change(t, l, "k", more)
	expectKept(t, l, "k 1")
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestRacingChangesEachCount(t *testing.T) {
	l := openLedgers(t, filepath.Join(t.TempDir(), "ledgers.db")).Ledger("it")
	var wg sync.WaitGroup
	gate := make(chan struct{})
	for range 20 {
		wg.Go(func() {
			<-gate
			for range 5 {
				change(t, l, "k", more)
			}
		})
	}
	close(gate)
	wg.Wait()
	expectKept(t, l, "k 100")
}

func TestChangesThatWaitTogetherShareASyncAndNoFault(t *testing.T) {
	ledgers := openLedgers(t, filepath.Join(t.TempDir(), "ledgers.db"))
	l := ledgers.Ledger("it")
	let, before := ledgers.Hold(t)
	var done sync.WaitGroup
	done.Go(func() { change(t, l, "first", more) })
	eventually.Until(t, "the writer has taken the first change", ledgers.Writing)
	for n := range 64 {
		done.Go(func() {
			key := fmt.Sprint("key-", n)
			switch n % 4 {
			case 0:
				if err := l.Change(t.Context(), "", more); err == nil {
					t.Error("an empty key was taken")
				}
			case 1:
				if err := ledgers.Ledger("").Change(t.Context(), key, more); err == nil {
					t.Error("a ledger without a name was taken")
				}
			case 2:
				err := l.Change(t.Context(), key, func([]byte) ([]byte, error) { return nil, errEnough })
				if !errors.Is(err, errEnough) {
					t.Errorf("the error of a change: %v", err)
				}
			default:
				change(t, l, key, more)
			}
		})
	}
	eventually.Until(t, "64 changes wait", func() bool { return ledgers.Waiting() == 64 })
	let()
	done.Wait()
	if kept, n := len(kept(t, l)), ledgers.Transactions(t)-before; kept != 17 || n != 2 {
		t.Errorf("got %d changes kept by %d transactions, want 17 by 2", kept, n)
	}
}

func TestALedgerIsShownWholeAndInOrder(t *testing.T) {
	l := openLedgers(t, boltstore.Memory).Ledger("it")
	text := strings.Repeat("x", 2000) // a page ends by its size, and another by its number of entries
	var want []string
	var wg sync.WaitGroup
	for n := range 2500 {
		key := fmt.Sprintf("%04d", n)
		if want = append(want, key+" "+text); n > 600 {
			want[n] = key + " 1"
		}
		_, now, _ := strings.Cut(want[n], " ")
		wg.Go(func() { change(t, l, key, is(now)) })
	}
	wg.Wait()
	expectKept(t, l, want...)

	seen := 0
	err := l.Each(t.Context(), func(string, []byte) error {
		if seen++; seen == 1200 {
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) || seen != 1200 {
		t.Errorf("left early: saw %d, %v", seen, err)
	}
}

func TestACancelledChangeIsNotMade(t *testing.T) {
	l := openLedgers(t, boltstore.Memory).Ledger("it")
	change(t, l, "k", more)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.Change(ctx, "k", more); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := l.Each(ctx, func(string, []byte) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	expectKept(t, l, "k 1")
}

func TestALedgerShowsAndBuildsOnNothingThatIsNotOnDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledgers.db")
	ledgers := openLedgers(t, path)
	l := ledgers.Ledger("it")
	change(t, l, "k", more)
	if err := l.ChangeUnsynced("k", more); !errors.Is(err, eventstore.ErrUnavailable) {
		t.Fatalf("a change whose sync failed: %v", err)
	}
	for range 2 {
		err := l.Change(t.Context(), "k", more)
		if !errors.Is(err, boltstore.ErrBroken) || !errors.Is(err, eventstore.ErrUnavailable) {
			t.Errorf("a change after a failed sync: %v", err)
		}
		if err := l.Each(t.Context(), nil); !errors.Is(err, boltstore.ErrBroken) {
			t.Errorf("a look after a failed sync: %v", err)
		}
	}
	if err := ledgers.Close(); err != nil {
		t.Fatal(err)
	}
	l = openLedgers(t, path).Ledger("it")
	change(t, l, "k", more)
	expectKept(t, l, "k 3")
}

func TestAChangeThatPanicsIsAFault(t *testing.T) {
	l := openLedgers(t, boltstore.Memory).Ledger("it")
	err := l.Change(t.Context(), "k", func([]byte) ([]byte, error) { panic("on the writer's goroutine") })
	if !errors.Is(err, eventstore.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	change(t, l, "k", more)
	expectKept(t, l, "k 1")
}

func ExampleLedgers() {
	ledgers, err := boltstore.OpenLedgers(boltstore.Memory)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer ledgers.Close()
	ctx, gateway := context.Background(), ledgers.Ledger("gateway")
	for range 2 {
		gateway.Change(ctx, "t/ord-1/TakePayment", func(was []byte) ([]byte, error) {
			return fmt.Appendf(nil, "%sI", was), nil
		})
	}
	err = gateway.Each(ctx, func(key string, kept []byte) error {
		fmt.Println(key, string(kept))
		return nil
	})
	fmt.Println(err)
	// Output:
	// t/ord-1/TakePayment II
	// <nil>
}
