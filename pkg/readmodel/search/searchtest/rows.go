package searchtest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/search"
)

func neverPut(t testing.TB, index search.Index) {
	t.Helper()
	expect(t, index, readmodel.Row{Key: key("a")})
	put(t, index, row("b", "1", "lamp"))
	expect(t, index, readmodel.Row{Key: key("a")})
	expectFound(t, index, []string{"vase"})
}

func readBack(t testing.TB, index search.Index) {
	t.Helper()
	r := row("a", "2026-11-24T09:00:00.000000001", "lamp", "łódź", "東", "x")
	r.Data = []byte(`{"name":"Łódź \u2028 \"quoted\"","empty":"","null":null}`)
	put(t, index, r)
	expect(t, index, written(r))
	bare := readmodel.Row{Key: key("bare"), Data: []byte(`{}`)}
	put(t, index, bare)
	expect(t, index, written(bare))
	rows, err := index.Find(t.Context(), search.Page{Tenant: "tenant", Words: []string{"łódź"}, Limit: 10})
	if err != nil || len(rows) != 1 || !same(rows[0], written(r)) {
		t.Errorf("found %+v, %v\nwant  %+v", rows, err, written(r))
	}
}

func unshared(t testing.TB, index search.Index) {
	t.Helper()
	spoil := func(r readmodel.Row) {
		r.Data[2] = 'X'
		r.Lists[0] = "spoilt"
		clear(r.Applied)
	}
	r := row("a", "1", "lamp")
	put(t, index, r)
	spoil(r)
	want := written(row("a", "1", "lamp"))
	for range 2 {
		got, err := index.Get(t.Context(), r.Key)
		if err != nil || !same(got, want) {
			t.Fatalf("got  %+v, %v\nwant %+v", got, err, want)
		}
		spoil(got)
	}
}

func stale(t testing.TB, index search.Index) {
	t.Helper()
	first := row("a", "1", "lamp")
	put(t, index, first)
	second := written(first)
	second.Data = []byte(`{"put":2}`)
	put(t, index, second)
	for _, revision := range []int64{0, 1, 3} {
		late := row("a", "1", "late")
		late.Revision = revision
		if err := index.Put(t.Context(), late); !errors.Is(err, readmodel.ErrRace) {
			t.Errorf("put on revision %d of a row at 2: got %v, want ErrRace", revision, err)
		}
	}
	ghost := row("ghost", "1", "late")
	ghost.Revision = 1
	if err := index.Put(t.Context(), ghost); !errors.Is(err, readmodel.ErrRace) {
		t.Errorf("put on revision 1 of a row that is not there: got %v, want ErrRace", err)
	}
	expect(t, index, written(second))
	expect(t, index, readmodel.Row{Key: ghost.Key})
	expectFound(t, index, []string{"late"})
	expectFound(t, index, []string{"lamp"}, "a")
}

func racing(t testing.TB, index search.Index) {
	t.Helper()
	at := readmodel.Row{Key: key("a")}
	for range 3 {
		const writers = 20
		var wg sync.WaitGroup
		gate, errs := make(chan struct{}), make([]error, writers)
		rows := make([]readmodel.Row, writers)
		for i := range writers {
			rows[i] = row("a", "1", fmt.Sprintf("w%d", i))
			rows[i].Revision = at.Revision
			wg.Go(func() {
				<-gate
				errs[i] = index.Put(t.Context(), rows[i])
			})
		}
		close(gate)
		wg.Wait()
		winner := -1
		for i, err := range errs {
			switch {
			case err == nil && winner >= 0:
				t.Fatalf("writers %d and %d have both won", winner, i)
			case err == nil:
				winner = i
			case !errors.Is(err, readmodel.ErrRace):
				t.Fatalf("a loser got %v, want ErrRace", err)
			}
		}
		if winner < 0 {
			t.Fatal("nobody has won")
		}
		at = written(rows[winner])
		expect(t, index, at)
		for i := range writers {
			if i == winner {
				expectFound(t, index, []string{fmt.Sprintf("w%d", i)}, "a")
			} else {
				expectFound(t, index, []string{fmt.Sprintf("w%d", i)})
			}
		}
	}
}

func large(t testing.TB, index search.Index) {
	t.Helper()
	words := make([]string, 2000)
	for i := range words {
		words[i] = fmt.Sprintf("word%04d", i)
	}
	r := row("a", "1", words...)
	r.Data = fmt.Appendf(nil, `{"large":"%0100000d"}`, 1)
	put(t, index, r)
	expect(t, index, written(r))
	for i := 0; i < len(words); i += 97 {
		expectFound(t, index, words[i:min(i+9, len(words))], "a")
	}
	expectFound(t, index, []string{words[1999], "none"})
}
