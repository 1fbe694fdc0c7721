package dynamostore_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

func ledgers(t testing.TB) *dynamostore.Ledgers {
	t.Helper()
	client, name := tableOf(t, dynamostore.SandboxTable)
	return dynamostore.NewLedgers(client, name)
}

// is returns a change after which the bytes are kept.
func is(now []byte) func([]byte) ([]byte, error) {
	return func([]byte) ([]byte, error) { return now, nil }
}

// more counts up.
func more(was []byte) ([]byte, error) {
	n, _ := strconv.Atoi(string(was))
	return strconv.AppendInt(nil, int64(n+1), 10), nil
}

func change(t testing.TB, l *dynamostore.Ledger, key string, f func([]byte) ([]byte, error)) {
	t.Helper()
	if err := l.Change(t.Context(), key, f); err != nil {
		t.Error(err)
	}
}

func expectKept(t testing.TB, l *dynamostore.Ledger, want ...string) {
	t.Helper()
	var all []string
	err := l.Each(t.Context(), func(key string, kept []byte) error {
		all = append(all, key+" "+string(kept))
		return nil
	})
	if err != nil || !slices.Equal(all, want) {
		t.Errorf("the ledger keeps %.500q, %v, want %.500q", all, err, want)
	}
}

var errEnough = errors.New("enough")

func TestALedgerKeepsWhatItIsTold(t *testing.T) {
	of := ledgers(t)
	one, two := of.Ledger("one"), of.Ledger("two")
	expectKept(t, one)
	change(t, one, "b", is([]byte("1")))
	change(t, one, "a", is([]byte("\x00\xff")))
	change(t, two, "b", is([]byte("3")))
	change(t, one, "b", more)
	change(t, one, "c", is([]byte("4")))
	change(t, one, "c", is(nil))
	change(t, one, "never", is(nil))
	change(t, one, "\u0142 /", is([]byte{}))
	for _, key := range []string{"b", "d"} {
		err := one.Change(t.Context(), key, func([]byte) ([]byte, error) { return []byte("5"), errEnough })
		if !errors.Is(err, errEnough) || err.Error() != errEnough.Error() {
			t.Errorf("the error of a change: %v", err)
		}
	}
	expectKept(t, one, "a \x00\xff", "b 2", "\u0142 / ")
	expectKept(t, two, "b 3")

	for key, nothing := range map[string]bool{"a": false, "c": true, "never": true, "\u0142 /": false} {
		change(t, one, key, func(was []byte) ([]byte, error) {
			if (was == nil) != nothing {
				t.Errorf("under %s there was %q", key, was)
			}
			return append(was, '+'), nil
		})
	}
	expectKept(t, one, "a \x00\xff+", "b 2", "c +", "never +", "\u0142 / +")

	seen := 0
	err := one.Each(t.Context(), func(string, []byte) error { seen++; return errEnough })
	if !errors.Is(err, errEnough) || seen != 1 {
		t.Errorf("left early: saw %d, %v", seen, err)
	}
}

func TestRacingChangesEachCount(t *testing.T) {
	t.Parallel()
	l := ledgers(t).Ledger("it")
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

func TestAChangeWhoseReplyIsLostIsMadeOnce(t *testing.T) {
	_, name := tableOf(t, dynamostore.SandboxTable)
	network, client := unheard(t, "TransactWriteItems")
	l := dynamostore.NewLedgers(client, name).Ledger("it")
	for range 3 {
		network.replies.Store(2)
		change(t, l, "k", more)
		if left := network.replies.Load(); left > 0 {
			t.Fatalf("%d replies were not lost", left)
		}
	}
	expectKept(t, l, "k 3")
	network.replies.Store(100)
	if err := l.Change(t.Context(), "k", more); !errors.Is(err, eventstore.ErrUnavailable) {
		t.Errorf("no reply at all: got %v", err)
	}
}

func TestAChangeThatIsAlwaysOvertakenEnds(t *testing.T) {
	t.Parallel()
	of := ledgers(t)
	l, calls := of.Ledger("it"), 0
	err := l.Change(t.Context(), "k", func(was []byte) ([]byte, error) {
		calls++
		change(t, of.Ledger("it"), "k", more)
		return more(was)
	})
	if !errors.Is(err, eventstore.ErrUnavailable) || !strings.Contains(err.Error(), "somebody else was first, 25 times") {
		t.Errorf("got %v", err)
	}
	expectKept(t, l, fmt.Sprint("k ", calls))
}

func TestALedgerIsShownWholeAndInOrder(t *testing.T) {
	t.Parallel()
	l := ledgers(t).Ledger("it")
	var want []string
	for n := range 12 {
		key, text := fmt.Sprintf("%02d", 11-n), strings.Repeat("x", 150<<10) // a page has a megabyte
		want = append([]string{key + " " + text}, want...)
		change(t, l, key, is([]byte(text)))
	}
	expectKept(t, l, want...)
}

func TestWhatALedgerCannotKeepIsRefused(t *testing.T) {
	of := ledgers(t)
	l := of.Ledger("it")
	for _, c := range []struct {
		ledger *dynamostore.Ledger
		key    string
		value  []byte
		says   string
	}{
		{l, "k", make([]byte, eventstore.MaxItem-len("p")-len("it")-len("s")-len("k")), "409601 bytes are more than an item holds (409600)"},
		{l, "\xff", nil, "the ledger's name or the key is not UTF-8"},
		{of.Ledger("\xff"), "k", nil, "the ledger's name or the key is not UTF-8"},
		{l, "", nil, "ValidationException"},
		{of.Ledger(""), "k", nil, "ValidationException"},
		{l, strings.Repeat("k", 1025), nil, "ValidationException"},
	} {
		if err := c.ledger.Change(t.Context(), c.key, is(c.value)); err == nil || !strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), "change ") {
			t.Errorf("got %v, want %s", err, c.says)
		}
	}
	largest := make([]byte, eventstore.MaxItem-len("p")-len("it")-len("s")-len("k")-len("d"))
	change(t, l, "k", is(largest))
	expectKept(t, l, "k "+string(largest))
}
