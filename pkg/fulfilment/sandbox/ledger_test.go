package sandbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/daybook-es/daybook/pkg/fulfilment/sandbox"
)

// entry returns what the ledger says of a key.
func entry(t testing.TB, l sandbox.Ledger, key string) sandbox.Entry {
	t.Helper()
	entries, err := sandbox.Entries(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Key == key {
			return e
		}
	}
	return sandbox.Entry{}
}

// kept returns all that stands in a ledger.
func kept(t testing.TB, l sandbox.Ledger) (all []string) {
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

func TestEntriesAreKeptAsJSON(t *testing.T) {
	l := new(sandbox.Memory)
	gateway := sandbox.Gateway(l)
	for n, method := range []string{"tok_ok", "tok_flaky", "tok_declined", "tok_refund_flaky"} {
		key := fmt.Sprint("t/", n, "/TakePayment")
		_, _ = gateway.Do(t.Context(), key, by(method))
		if n != 1 {
			_, _ = gateway.Undo(t.Context(), key)
		}
	}
	_, _ = gateway.Undo(t.Context(), "t/4/TakePayment")

	in := func(method string) string {
		return `"in":{"orderId":"ord-1","amount":{"amount":2999,"currency":"USD"},"method":"` + method + `"},`
	}
	const out = `"out":{"amount":2999,"currency":"USD"},`
	want := []string{
		`t/0/TakePayment {` + in("tok_ok") + out + `"done":1,"barred":true,"undone":1}`,
		`t/1/TakePayment {` + in("tok_flaky") + `"tries":1}`,
		`t/2/TakePayment {` + in("tok_declined") + `"refusal":{"code":"payment.declined","detail":"the payment was declined"},"barred":true}`,
		`t/3/TakePayment {` + in("tok_refund_flaky") + out + `"done":1,"barred":true,"asked":1}`,
		`t/4/TakePayment {"barred":true}`,
	}
	if got := kept(t, l); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	entries, err := sandbox.Entries(t.Context(), l)
	money := json.RawMessage(`{"amount":2999,"currency":"USD"}`)
	told := []sandbox.Entry{
		{Key: "t/0/TakePayment", Done: 1, Undone: 1, Barred: true, Out: money},
		{Key: "t/1/TakePayment"},
		{Key: "t/2/TakePayment", Barred: true},
		{Key: "t/3/TakePayment", Done: 1, Barred: true, Out: money},
		{Key: "t/4/TakePayment", Barred: true},
	}
	if err != nil || fmt.Sprint(entries) != fmt.Sprint(told) {
		t.Errorf("got %v, %v\nwant %v", entries, err, told)
	}
}

func TestAnEntryThatMakesNoSenseIsNamed(t *testing.T) {
	l := new(sandbox.Memory)
	put(t, l, "k", "{")
	_, err := sandbox.Gateway(l).Do(t.Context(), "k", by("tok_ok"))
	_, undo := sandbox.Gateway(l).Undo(t.Context(), "k")
	_, entries := sandbox.Entries(t.Context(), l)
	for _, err := range []error{err, undo, entries} {
		if err == nil || !strings.HasPrefix(err.Error(), "entry of k: ") {
			t.Errorf("got %v", err)
		}
	}
	if got := kept(t, l); !slices.Equal(got, []string{"k {"}) {
		t.Errorf("the ledger keeps %q", got)
	}
}

func put(t testing.TB, l sandbox.Ledger, key, text string) {
	t.Helper()
	err := l.Change(t.Context(), key, func([]byte) ([]byte, error) {
		if text == "" {
			return nil, nil
		}
		return []byte(text), nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

var errEnough = errors.New("enough")

func TestALedgerInMemoryKeepsWhatItIsTold(t *testing.T) {
	l := new(sandbox.Memory)
	put(t, l, "b", "1")
	put(t, l, "a", "2")
	put(t, l, "b", "3")
	put(t, l, "c", "4")
	put(t, l, "c", "")
	for _, key := range []string{"b", "d"} {
		err := l.Change(t.Context(), key, func([]byte) ([]byte, error) { return []byte("5"), errEnough })
		if !errors.Is(err, errEnough) {
			t.Errorf("the error of a change: %v", err)
		}
	}
	if got := kept(t, l); !slices.Equal(got, []string{"a 2", "b 3"}) {
		t.Errorf("the ledger keeps %q", got)
	}

	var seen []string
	err := l.Each(t.Context(), func(key string, _ []byte) error { seen = append(seen, key); return errEnough })
	if !errors.Is(err, errEnough) || !slices.Equal(seen, []string{"a"}) {
		t.Errorf("left early: saw %v, %v", seen, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.Each(ctx, func(string, []byte) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
	if err := l.Change(ctx, "a", func([]byte) ([]byte, error) { return []byte("6"), nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
	if got := kept(t, l); !slices.Equal(got, []string{"a 2", "b 3"}) {
		t.Errorf("the ledger keeps %q", got)
	}
}
