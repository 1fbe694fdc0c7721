package storetest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

func large(t testing.TB, s eventstore.Store) {
	t.Helper()
	at := start(t)
	commits := numbered(35)
	for i := range commits {
		commits[i].Events[0].Data = json.RawMessage(fmt.Sprintf(`"%d%s"`, i, strings.Repeat("x", 100<<10)))
	}
	want := extend(t, s, at, commits...)
	same(t, "read", read(t, s, at), want)
	load(t, s, at.Stream(), eventstore.Latest, 1, want)
}

func snapshots(t testing.TB, s eventstore.Store) {
	t.Helper()
	at := start(t)
	commits := numbered(10)
	commits[2] = withSnapshot(commits[2], 1)
	commits[5] = withSnapshot(commits[5], 1)
	commits[7] = withSnapshot(commits[7], 2)
	want := extend(t, s, at, commits...)
	load(t, s, at.Stream(), eventstore.Latest, 1, want[5:])
	load(t, s, at.Stream(), eventstore.Latest, 2, want[7:])
	load(t, s, at.Stream(), eventstore.Latest, 3, want)
	load(t, s, at.Stream(), eventstore.Latest, 0, want)
}

func bounded(t testing.TB, s eventstore.Store) {
	t.Helper()
	at := start(t)
	var commits []eventstore.Commit
	for n := range 8 { // versions 1–3, 4–6, …
		commits = append(commits, commit(fmt.Sprint(n), 3))
	}
	commits[1] = withSnapshot(commits[1], 1)
	commits[4] = withSnapshot(commits[4], 1)
	want := extend(t, s, at, commits...)
	for upTo := range eventstore.Version(26) {
		whole := int(upTo) / 3
		from := 0
		switch {
		case whole > 4:
			from = 4
		case whole > 1:
			from = 1
		}
		load(t, s, at.Stream(), upTo, 1, want[from:min(whole, 8)])
		load(t, s, at.Stream(), upTo, 0, want[:min(whole, 8)])
	}
}

func distant(t testing.TB, s eventstore.Store) {
	t.Helper()
	at := start(t)
	commits := numbered(330)
	commits[20] = withSnapshot(commits[20], 1)
	want := extend(t, s, at, commits...)
	load(t, s, at.Stream(), eventstore.Latest, 1, want[20:])
	load(t, s, at.Stream(), eventstore.Latest, 2, want)
	load(t, s, at.Stream(), 300, 1, want[20:300])
}

func positions(t testing.TB, s eventstore.Store) {
	t.Helper()
	at := start(t)
	want := extend(t, s, at, commit("a", 1), commit("b", 3), commit("c", 2), commit("d", 1))
	for i, c := range want {
		same(t, "read on", read(t, s, c.End()), want[i+1:])
		text, err := c.End().MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var kept eventstore.Position
		if err := kept.UnmarshalText(text); err != nil {
			t.Fatal(err)
		}
		same(t, "read on from a kept position", read(t, s, kept), want[i+1:])
	}
}

func strong(t testing.TB, s eventstore.Store) {
	t.Helper()
	at := start(t)
	end := at
	for n := range 20 {
		end = mustAppend(t, s, end, commit(fmt.Sprint(n), 1)).End()
		if got := len(read(t, s, at)); got != n+1 {
			t.Fatalf("after %d appends a read sees %d", n+1, got)
		}
	}
}

func leftEarly(t testing.TB, s eventstore.Store) {
	t.Helper()
	at := start(t)
	want := extend(t, s, at, numbered(5)...)
	commits := s.Read(t.Context(), at.Stream(), at)
	seen := 0
	for range 2 {
		for c, err := range commits {
			if seen++; err != nil || c.First != 1 {
				t.Fatalf("got %d, %v", c.First, err)
			}
			break
		}
	}
	if seen != 2 {
		t.Errorf("begun twice, the read yielded %d times", seen)
	}
	for _, err := range s.Scan(t.Context(), 0, 1) {
		if err != nil {
			t.Fatalf("scan: %v", err)
		}
		break
	}
	same(t, "read", read(t, s, at), want)
}

func apart(t testing.TB, s eventstore.Store) {
	t.Helper()
	base := stream()
	names := []eventstore.StreamID{
		base,
		{Tenant: base.Tenant, Category: base.Category, ID: base.ID + "0"},
		{Tenant: base.Tenant, Category: base.Category, ID: base.ID + "."},
		{Tenant: base.Tenant, Category: base.Category, ID: base.ID + "@1"},
		{Tenant: base.Tenant, Category: base.Category, ID: base.ID + ":é漢"},
		{Tenant: base.Tenant, Category: base.Category + "s", ID: base.ID},
		{Tenant: base.Tenant + "s", Category: base.Category, ID: base.ID},
		{Tenant: base.Tenant, Category: base.ID, ID: base.Category},
		{Tenant: base.Tenant, Category: base.Category, ID: strings.Repeat("x", 200) + base.ID},
	}
	stored := make([][]eventstore.Commit, len(names))
	for i, id := range names {
		stored[i] = extend(t, s, eventstore.NoStream(id), numbered(i+1)...)
	}
	for i, id := range names {
		same(t, "read "+id.String(), read(t, s, eventstore.NoStream(id)), stored[i])
		load(t, s, id, eventstore.Latest, 0, stored[i])
	}
}

func scanned(t testing.TB, s eventstore.Store) {
	t.Helper()
	want := map[eventstore.StreamID][]eventstore.Commit{}
	for n := range 30 {
		at := start(t)
		want[at.Stream()] = extend(t, s, at, numbered(1+n%5)...)
	}
	for _, of := range []int{1, 2, 7} {
		got := map[eventstore.StreamID][]eventstore.Commit{}
		segments := map[eventstore.StreamID]int{}
		for segment := range of {
			for c, err := range s.Scan(t.Context(), segment, of) {
				if err != nil {
					t.Fatalf("segment %d of %d: %v", segment, of, err)
				}
				if last, seen := segments[c.Stream]; seen && last != segment {
					t.Fatalf("%s is in segments %d and %d of %d", c.Stream, last, segment, of)
				}
				segments[c.Stream] = segment
				got[c.Stream] = append(got[c.Stream], c)
			}
		}
		for id, commits := range want {
			same(t, fmt.Sprintf("scan by %d of %s", of, id), got[id], commits)
		}
	}
}
