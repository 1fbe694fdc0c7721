package journaltest

import (
	"context"
	"errors"
	"math/rand/v2"
	"reflect"
	"sync"
	"time"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel/journal"
)

func empty(w *world) {
	r := w.reader("t")
	if r.read(10, time.Time{}) || r.commits != 0 {
		w.Error("there is something")
	}
	end, err := w.Journal.End(w.Context(), "t")
	if err != nil || !end.Equal(nil) {
		w.Errorf("its end is %v, %v", end, err)
	}
}

func once(w *world) {
	var all []eventstore.Commit
	for n := range 60 {
		all = append(all, w.write(stream("t", n%7), 1+n%3, noon, `{}`))
	}
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	w.arrive(all[:20]...)
	w.arrive(all...) // 20 of them again
	w.arrive(all[40:]...)
	for _, limit := range []int{1, 7, 100} {
		r := w.reader("t")
		if r.readAll(limit, time.Time{}); r.commits != 60 {
			w.Errorf("by pages of %d: %d commits of 60", limit, r.commits)
		}
	}
}

func follow(w *world) {
	const writers, each = 4, 40
	var wg sync.WaitGroup
	done := make(chan struct{})
	for n := range writers {
		wg.Go(func() {
			for i := range each {
				w.append(stream("t", n*10+i%3), 1, noon, `{}`)
			}
		})
	}
	go func() {
		wg.Wait()
		close(done)
	}()
	r := w.reader("t")
	for writing := true; writing; {
		select {
		case <-done:
			writing = false
		default:
		}
		r.readAll(5, time.Time{})
	}
	if r.commits != writers*each {
		w.Errorf("%d commits of %d", r.commits, writers*each)
	}
}

func end(w *world) {
	w.append(stream("t", 1), 2, noon, `{}`)
	w.append(stream("t", 2), 1, noon, `{}`)
	r := w.reader("t")
	var err error
	if r.at, err = w.Journal.End(w.Context(), "t"); err != nil {
		w.Fatal(err)
	}
	r.seen[stream("t", 1)] = 2
	if r.readAll(10, time.Time{}); r.commits != 0 {
		w.Errorf("%d commits after the end", r.commits)
	}
	w.append(stream("t", 1), 1, noon, `{}`)
	if r.readAll(10, time.Time{}); r.commits != 1 {
		w.Errorf("%d commits of one after the end", r.commits)
	}
}

func tenants(w *world) {
	w.append(stream("t", 1), 1, noon, `{}`)
	w.append(stream("u", 1), 1, noon, `{}`)
	for _, tenant := range []string{"t", "u"} {
		r := w.reader(tenant)
		if r.readAll(10, time.Time{}); r.commits != 1 {
			w.Errorf("%s sees %d commits", tenant, r.commits)
		}
	}
	if _, ok := journal.Parse("u", journal.Cursor{1}.Text("t")); ok {
		w.Error("a cursor of t is one of u")
	}
}

func since(w *world) {
	const n = 320
	for i := range n {
		w.append(stream("t", i), 1, noon.Add(time.Duration(i)*time.Second), `{}`)
	}
	w.append(stream("t", n), 1, noon.Add(310*time.Second), `{}`) // late
	w.append(stream("t", n+1), 1, noon, `{}`)                    // and too late
	r := w.reader("t")
	if r.readAll(50, noon.Add(300*time.Second)); r.commits != 21 {
		w.Errorf("%d commits, of 20 and a late one", r.commits)
	}
	if _, late := r.seen[stream("t", n)]; !late {
		w.Error("the late one is missing")
	}
}

func noPlace(w *world) {
	w.append(stream("t", 1), 1, noon, `{}`)
	end, err := w.Journal.End(w.Context(), "t")
	if err != nil {
		w.Fatal(err)
	}
	for _, wrong := range []journal.Cursor{end.To(0, end.At(0)+1, len(end)), make(journal.Cursor, len(end)+1)} {
		if _, _, err := w.Journal.Read(w.Context(), journal.Page{Tenant: "t", After: wrong, Limit: 1}); !errors.Is(err, journal.ErrNoPlace) {
			w.Errorf("after %v: %v", wrong, err)
		}
	}
}

func large(w *world) {
	data := make([]byte, 300_000)
	for i := range data {
		data[i] = 'x'
	}
	for n := range 30 {
		w.append(stream("t", n%2), 1, noon, `"`+string(data)+`"`)
	}
	r := w.reader("t")
	entries, _, err := w.Journal.Read(w.Context(), journal.Page{Tenant: "t", Limit: 100})
	if err != nil || len(entries) == 0 || len(entries) > 8 {
		w.Errorf("%d entries of 300 kB, %v", len(entries), err)
	}
	if r.readAll(100, time.Time{}); r.commits != 30 {
		w.Errorf("%d commits of 30", r.commits)
	}
}

func cancelled(w *world) {
	ctx, cancel := context.WithCancel(w.Context())
	cancel()
	if _, _, err := w.Journal.Read(ctx, journal.Page{Tenant: "t", Limit: 1}); !errors.Is(err, context.Canceled) {
		w.Errorf("got %v", err)
	}
}

func readBack(w *world) {
	c := w.write(stream("t", 1), 2, noon, `{"n": 1}`)
	w.arrive(c)
	entries, _, err := w.Journal.Read(w.Context(), journal.Page{Tenant: "t", Limit: 10})
	if err != nil || len(entries) != 1 || !reflect.DeepEqual(entries[0].Commit, journal.Shown(c)) {
		w.Errorf("got %+v, %v, want %+v", entries, err, c)
	}
}

func everywhere(w *world) {
	const n = 12
	for i := range n {
		w.append(stream("t", i%5), 1, noon, `{}`)
	}
	all, _, err := w.Journal.Read(w.Context(), journal.Page{Tenant: "t", Limit: n})
	if err != nil || len(all) != n {
		w.Fatalf("%d entries of %d, %v", len(all), n, err)
	}
	for i, e := range all {
		r := w.reader("t")
		for _, before := range all[:i+1] {
			r.seen[before.Commit.Stream] = before.Commit.Last()
		}
		r.at = e.Cursor
		if r.readAll(5, time.Time{}); r.commits != n-i-1 {
			w.Errorf("after entry %d: %d commits of %d", i, r.commits, n-i-1)
		}
	}
}

func complete(w *world) {
	s := stream("t", 1)
	w.append(s, 1, noon, `{}`)
	time.Sleep(2 * time.Millisecond)
	until, err := w.Journal.Complete(w.Context(), "t")
	if err != nil || until.After(time.Now()) {
		w.Errorf("complete to %v, %v", until, err)
	}
	c := w.write(s, 1, noon, `{}`) // it does not arrive
	if later, err := w.Journal.Complete(w.Context(), "t"); err != nil || later.Before(until) {
		w.Errorf("complete to %v after %v, %v", later, until, err)
	} else if r := w.reader("t"); !later.IsZero() {
		if r.readAll(10, time.Time{}); r.seen[s] != c.Last() {
			w.Errorf("complete to %v, and at version %d of %d", later, r.seen[s], c.Last())
		}
	}
}
