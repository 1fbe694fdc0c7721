package porttest

import (
	"errors"
	"strings"
	"testing"

	"github.com/daybook-es/daybook/pkg/fulfilment"
)

func done[In, Out any](t testing.TB, h Harness[In, Out]) {
	t.Helper()
	key := newKey()
	h.expect(t, key, 0, 0)
	h.mustDo(t, key)
	h.expect(t, key, 1, 0)
}

func again[In, Out any](t testing.TB, h Harness[In, Out]) {
	t.Helper()
	key := newKey()
	first := h.mustDo(t, key)
	for range 3 {
		same(t, "the result of the repeat", h.mustDo(t, key), first)
	}
	got, err := h.Port.Do(t.Context(), key, h.Refused)
	if err != nil {
		t.Fatalf("asked for something else under the key: %v", err)
	}
	same(t, "the result when something else is asked for", got, first)
	h.expect(t, key, 1, 0)
}

func racingDo[In, Out any](t testing.TB, h Harness[In, Out]) {
	t.Helper()
	key := newKey()
	outs, errs := make([]Out, racers), make([]error, racers)
	race(func(n int) { outs[n], errs[n] = h.Port.Do(t.Context(), key, h.Works) })
	for n, err := range errs {
		if err != nil {
			t.Fatalf("racer %d: %v", n, err)
		}
		same(t, "the result of a racer", outs[n], outs[0])
	}
	same(t, "the result afterwards", h.mustDo(t, key), outs[0])
	h.expect(t, key, 1, 0)
}

func undone[In, Out any](t testing.TB, h Harness[In, Out]) {
	t.Helper()
	key := newKey()
	out := h.mustDo(t, key)
	for range 3 {
		h.mustUndo(t, key, &out)
		h.expect(t, key, 1, 1)
	}
}

func racingUndo[In, Out any](t testing.TB, h Harness[In, Out]) {
	t.Helper()
	key := newKey()
	out := h.mustDo(t, key)
	backs, errs := make([]*Out, racers), make([]error, racers)
	race(func(n int) { backs[n], errs[n] = h.Port.Undo(t.Context(), key) })
	for n, err := range errs {
		if err != nil {
			t.Fatalf("racer %d: %v", n, err)
		}
		same(t, "what a racer's undo answers", backs[n], &out)
	}
	h.expect(t, key, 1, 1)
}

func barred[In, Out any](t testing.TB, h Harness[In, Out]) {
	t.Helper()
	key := newKey()
	for range 3 {
		h.mustUndo(t, key, nil)
		h.mustBeBarred(t, key)
		h.expect(t, key, 0, 0)
	}
}

func late[In, Out any](t testing.TB, h Harness[In, Out]) {
	t.Helper()
	key := newKey()
	out := h.mustDo(t, key)
	for range 3 {
		h.mustUndo(t, key, &out)
		h.mustBeBarred(t, key)
		h.expect(t, key, 1, 1)
	}
}

// racing lets half of the racers do and half of them take back, now these and
// now those, since who starts last often comes first. Whatever is done before
// the first Undo is taken back, and nothing is done after it.
func racing[In, Out any](t testing.TB, h Harness[In, Out]) {
	t.Helper()
	for round := range 10 {
		key, does := newKey(), func(n int) bool { return (n+round)%2 == 0 }
		outs, backs, errs := make([]Out, racers), make([]*Out, racers), make([]error, racers)
		race(func(n int) {
			if does(n) {
				outs[n], errs[n] = h.Port.Do(t.Context(), key, h.Works)
			} else {
				backs[n], errs[n] = h.Port.Undo(t.Context(), key)
			}
		})
		back := backs[1-round%2]
		for n, err := range errs {
			switch {
			case does(n) && errors.Is(err, fulfilment.ErrBarred):
			case err != nil:
				t.Fatalf("racer %d: %v", n, err)
			case !does(n):
				same(t, "what a racer's undo answers", backs[n], back)
			case back == nil:
				t.Fatalf("racer %d was told that it is done, and undo that nothing was", n)
			default:
				same(t, "the result of a racer", outs[n], *back)
			}
		}
		h.mustUndo(t, key, back)
		h.mustBeBarred(t, key)
		if back == nil {
			h.expect(t, key, 0, 0)
		} else {
			h.expect(t, key, 1, 1)
		}
	}
}

func refused[In, Out any](t testing.TB, h Harness[In, Out]) {
	t.Helper()
	key := newKey()
	first := h.refusal(t, key)
	for range 3 {
		h.mustRefuse(t, key, h.Refused, first)
		h.mustRefuse(t, key, h.Works, first)
		h.expect(t, key, 0, 0)
	}
	for range 3 {
		h.mustUndo(t, key, nil)
		h.mustBeBarred(t, key)
		h.expect(t, key, 0, 0)
	}
}

func apart[In, Out any](t testing.TB, h Harness[In, Out]) {
	t.Helper()
	base := newKey()
	keys := []string{
		base, base + "2", base + "/", "/" + base, strings.ToUpper(base), strings.ToLower(base), strings.TrimSuffix(base, "Step"),
		base + " ", base + "\x00", base + ":é漢", strings.Repeat("x", 300) + base, strings.Repeat("x", 301) + base,
	}
	for n, key := range keys {
		switch out := h.mustDo(t, key); n % 3 {
		case 0:
			h.mustUndo(t, key, &out)
		case 1:
			h.mustUndo(t, key+"-other", nil)
		}
	}
	for n, key := range keys {
		if n%3 == 0 {
			h.mustBeBarred(t, key)
			h.expect(t, key, 1, 1)
		} else {
			h.mustDo(t, key)
			h.expect(t, key, 1, 0)
		}
	}
}

func reopened[In, Out any](t testing.TB, h Harness[In, Out]) {
	t.Helper()
	isDone, isUndone, isBarred, isRefused := newKey(), newKey(), newKey(), newKey()
	out, back := h.mustDo(t, isDone), h.mustDo(t, isUndone)
	h.mustUndo(t, isUndone, &back)
	h.mustUndo(t, isBarred, nil)
	first := h.refusal(t, isRefused)

	for range 2 {
		h.Port = h.Reopen()
		same(t, "the result of the repeat", h.mustDo(t, isDone), out)
		h.mustBeBarred(t, isUndone)
		h.mustUndo(t, isUndone, &back)
		h.mustBeBarred(t, isBarred)
		h.mustUndo(t, isBarred, nil)
		h.mustRefuse(t, isRefused, h.Works, first)
		h.expect(t, isDone, 1, 0)
		h.expect(t, isUndone, 1, 1)
		h.expect(t, isBarred, 0, 0)
		h.expect(t, isRefused, 0, 0)
	}
	h.Port = h.Reopen()
	h.mustUndo(t, isDone, &out)
	h.expect(t, isDone, 1, 1)
}
