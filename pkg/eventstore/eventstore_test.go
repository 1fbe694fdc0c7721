package eventstore_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/daybook-es/daybook/internal/testsize"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

var (
	lamp = eventstore.StreamID{Tenant: "home", Category: "lamp", ID: "lamp-1"}
	noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
)

func on(key string) eventstore.Commit {
	return eventstore.Commit{
		Events:  []eventstore.Event{{Type: "lamp.switched_on.v1", Data: json.RawMessage(`{}`)}},
		Command: eventstore.CommandID{Key: key},
		At:      noon,
	}
}

func extend(t testing.TB, at eventstore.Position, c eventstore.Commit) eventstore.Commit {
	t.Helper()
	c, err := at.Extend(at.Stream(), c)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// text is any that UTF-8 can write.
func text(least int) *rapid.Generator[string] { return rapid.StringN(least, 40, 120) }

func anyCommit(t *rapid.T) eventstore.Commit {
	c := eventstore.Commit{
		Command: eventstore.CommandID{
			Key: text(1).Draw(t, "key"), Fingerprint: rapid.StringMatching(`[A-Za-z0-9_-]{0,22}`).Draw(t, "fingerprint"),
		},
		At: noon.Add(time.Duration(rapid.Int64Range(0, 1e15).Draw(t, "at"))),
	}
	for range rapid.IntRange(1, 4).Draw(t, "events") {
		data, err := json.Marshal(map[string]any{text(0).Draw(t, "name"): text(0).Draw(t, "value"), "n": rapid.Int().Draw(t, "n")})
		if err != nil {
			t.Fatal(err)
		}
		c.Events = append(c.Events, eventstore.Event{
			Type: text(1).Draw(t, "type"), Data: data,
			Correlation: text(0).Draw(t, "correlation"), Causation: text(0).Draw(t, "causation"), Actor: text(0).Draw(t, "actor"),
		})
	}
	if rapid.Bool().Draw(t, "with snapshot") {
		c.Snapshot = &eventstore.Snapshot{Schema: rapid.IntRange(1, 99).Draw(t, "schema"), Data: json.RawMessage(`{"a":[1,"x"]}`)}
	}
	return c
}

func TestACommitSurvivesItsItem(t *testing.T) {
	testsize.Check(t, testsize.N{Short: 50, Race: 500, Gate: 5_000, Soak: 1_000_000}, func(t *rapid.T) {
		want, err := eventstore.NoStream(lamp).Extend(lamp, anyCommit(t))
		if err != nil {
			t.Skip(err)
		}
		if got, err := want.Item().Commit(); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, %v\nwant %+v", got, err, want)
		}
	})
}

func TestAnItemIsAsLargeAsDynamoDBCounts(t *testing.T) {
	c := extend(t, eventstore.NoStream(lamp), on("k"))
	item := c.Item()
	bare := len("p"+"home/lamp/lamp-1") + len("v") + 2 + len("n") + 2 + len("e") + len(item.E) + len("c"+" k") + len("at"+"2026-03-01T12:00:00.000Z")
	if item.Size() != bare || item.Units() != 1 {
		t.Errorf("got %d bytes, %d units; want %d", item.Size(), item.Units(), bare)
	}
	c.Snapshot = &eventstore.Snapshot{Schema: 12, Data: json.RawMessage(`"` + strings.Repeat("x", 1024-bare-7-2) + `"`)}
	if size, units := c.Item().Size(), c.Item().Units(); size != 1024-2 || units != 1 {
		t.Errorf("with a snapshot: %d bytes, %d units", size, units)
	}
	c.Snapshot.Data = json.RawMessage(`"` + strings.Repeat("x", 1024) + `"`)
	if c.Item().Units() != 2 {
		t.Error("a byte too many costs nothing")
	}
}

func TestACommitTimeNeverGoesBack(t *testing.T) {
	first := on("a")
	first.At = noon.Add(1500 * time.Microsecond).In(time.FixedZone("east", 3600))
	one := extend(t, eventstore.NoStream(lamp), first)
	if want := noon.Add(time.Millisecond); one.At != want {
		t.Errorf("got %v, want %v", one.At, want)
	}
	if two := extend(t, one.End(), on("b")); two.At != one.At || two.First != 2 {
		t.Errorf("got %v at %d", two.At, two.First)
	}
}

func TestAPositionSurvivesItsText(t *testing.T) {
	want := extend(t, eventstore.NoStream(lamp), on("a")).End()
	text, err := want.MarshalText()
	if err != nil || string(text) != "home/lamp/lamp-1@1" {
		t.Fatalf("%s, %v", text, err)
	}
	var got eventstore.Position
	if err := got.UnmarshalText(text); err != nil || got.Stream() != lamp || got.Version() != 1 {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, wrong := range []string{"", "@", "home/lamp/lamp-1", "home/lamp@1", "home/lamp/lamp-1@", "home/lamp/lamp-1@-1", "home/lamp/lamp-1@01", "a/b/c/d@1", "a//c@1", "a/b/c\n@1", "a/b/c@99999999999999999999"} {
		err := got.UnmarshalText([]byte(wrong))
		if _, ok := errors.AsType[*eventstore.InvalidError](err); !ok {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

func TestAHoleIsTold(t *testing.T) {
	start := eventstore.NoStream(lamp)
	one := extend(t, start, on("a"))
	two := extend(t, one.End(), on("b"))
	if err := errors.Join(one.Follows(start), two.Follows(one.End())); err != nil {
		t.Error(err)
	}
	const want = "stream home/lamp/lamp-1 has a hole: version 2 follows 0"
	if err := two.Follows(start); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestADamagedStreamHoldsBackNoOther(t *testing.T) {
	fan := eventstore.StreamID{Tenant: "home", Category: "fan", ID: "fan-1"}
	of := func(s eventstore.StreamID) []eventstore.Commit {
		one := extend(t, eventstore.NoStream(s), on("a"))
		two := extend(t, one.End(), on("b"))
		return []eventstore.Commit{one, two, extend(t, two.End(), on("c"))}
	}
	lamps, fans := of(lamp), of(fan)
	unreadable := func(p string) error {
		_, err := eventstore.Item{P: p, V: 2}.Invalid("unreadable")
		return err
	}
	type found struct {
		eventstore.Commit
		err error
	}
	whole := []found{{lamps[0], nil}, {lamps[1], nil}, {lamps[2], nil}, {fans[0], nil}, {fans[1], nil}, {fans[2], nil}}
	for name, c := range map[string]struct{ found, want []found }{
		"whole": {whole, whole},
		"a hole": {
			[]found{whole[0], whole[2], whole[3]},
			[]found{whole[0], {eventstore.Commit{Stream: lamp}, lamps[2].Follows(lamps[0].End())}, whole[3]},
		},
		"a hole at the beginning, and another": {
			[]found{whole[2], whole[3], whole[5]},
			[]found{
				{eventstore.Commit{Stream: lamp}, lamps[2].Follows(eventstore.NoStream(lamp))},
				whole[3],
				{eventstore.Commit{Stream: fan}, fans[2].Follows(fans[0].End())},
			},
		},
		"items that make no sense": {
			[]found{{eventstore.Commit{Stream: lamp}, unreadable("home/lamp/lamp-1")}, {eventstore.Commit{Stream: lamp}, unreadable("home/lamp/lamp-1")}, whole[2], whole[3]},
			[]found{{eventstore.Commit{Stream: lamp}, unreadable("home/lamp/lamp-1")}, whole[3]},
		},
		"of no stream": {
			[]found{{err: unreadable("home")}, {err: unreadable("a")}, whole[0]},
			[]found{{err: unreadable("home")}, {err: unreadable("a")}, whole[0]},
		},
		"a fault": {
			[]found{whole[0], {err: eventstore.ErrUnavailable}, whole[1]},
			[]found{whole[0], {err: eventstore.ErrUnavailable}},
		},
	} {
		var got []found
		for commit, err := range eventstore.Scanned(func(yield func(eventstore.Commit, error) bool) {
			for _, f := range c.found {
				if !yield(f.Commit, f.err) {
					return
				}
			}
		}) {
			got = append(got, found{commit, err})
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

func TestRecordedEventsKnowTheirPlace(t *testing.T) {
	c := on("a")
	c.Events = append(c.Events, eventstore.Event{Type: "lamp.switched_off.v1", Data: json.RawMessage(`{}`)})
	second := extend(t, extend(t, eventstore.NoStream(lamp), on("z")).End(), c)
	var got []string
	for r := range second.Recorded() {
		got = append(got, fmt.Sprintf("%s %s@%d %v", r.Type, r.Stream, r.Version, r.At.Equal(second.At)))
	}
	if want := []string{"lamp.switched_on.v1 home/lamp/lamp-1@2 true", "lamp.switched_off.v1 home/lamp/lamp-1@3 true"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for range second.Recorded() {
		break // and may be left early
	}
}

func FuzzItem(f *testing.F) {
	c := extend(f, eventstore.NoStream(lamp), on("k"))
	i := c.Item()
	f.Add(i.P, uint64(i.V), i.N, i.E, i.C, i.At, i.S, i.SV)
	f.Add("a/b", uint64(0), -1, "[", "nospace", "noon", "{", 3)
	f.Add("a/b/c", uint64(1<<63), 1, "[{}]", " k", i.At, "", 0)
	f.Fuzz(func(t *testing.T, p string, v uint64, n int, e, c, at, s string, sv int) {
		commit, err := eventstore.Item{P: p, V: eventstore.Version(v), N: n, E: e, C: c, At: at, S: s, SV: sv}.Commit()
		if err != nil {
			if _, ok := errors.AsType[*eventstore.InvalidError](err); !ok {
				t.Errorf("%v is no InvalidError", err)
			}
			return
		}
		if commit.Stream.String() != p || len(commit.Events) != n || commit.Last() < commit.First || commit.End().Version() != commit.Last() {
			t.Errorf("read as %+v", commit)
		}
	})
}

func Example() {
	start := eventstore.NoStream(lamp)
	commit, err := start.Extend(lamp, on("first"))
	fmt.Println(commit.First, commit.Item().P, commit.Item().Units(), err)
	// Output: 1 home/lamp/lamp-1 1 <nil>
}
