package command_test

import (
	"fmt"
	"testing"

	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
)

func TestASnapshotThatCostsNothingRidesInEveryCommit(t *testing.T) {
	mem := withTill(t)
	l := newLoop(mem)
	for range 30 {
		give(t, l, command.Request{}, cents(1))
	}
	for _, c := range commits(mem, "a") {
		if c.Snapshot == nil || c.Item().Units() != 1 {
			t.Fatalf("version %d: snapshot %v, %d units", c.Last(), c.Snapshot, c.Item().Units())
		}
	}
}

func TestASnapshotThatCostsIsWrittenWhenItIsDue(t *testing.T) {
	mem := withTill(t)
	l := newLoop(mem)
	give(t, l, command.Request{}, noted(5000)) // from here on the state costs five units more
	var at []eventstore.Version
	for range 400 {
		give(t, l, command.Request{}, noted(1))
	}
	for _, c := range commits(mem, "a")[2:] {
		if c.Snapshot != nil {
			at = append(at, c.Last())
			if c.Item().Units() != 6 {
				t.Errorf("version %d costs %d units", c.Last(), c.Item().Units())
			}
		}
	}
	if want := "[101 201 301 401]"; fmt.Sprint(at) != want {
		t.Errorf("snapshots at %v, want %v", at, want)
	}
}

func TestASnapshotNeverMakesAnItemLarge(t *testing.T) {
	mem := withTill(t)
	l := newLoop(mem)
	for range 5 {
		give(t, l, command.Request{}, noted(60<<10))
	}
	big := make(batch, 1000)
	for range 8 { // by then it is due, and with the commit it would still fit in an item
		give(t, l, command.Request{}, big)
	}
	for _, c := range commits(mem, "a") {
		if size := c.Item().Size(); size > 300<<10 {
			t.Fatalf("version %d is %d bytes", c.Last(), size)
		}
	}
}

func TestALoadDoesNotGrowWithTheStream(t *testing.T) {
	s := &counted{Store: withTill(t)}
	l := newLoop(s)
	for range 2000 {
		give(t, l, command.Request{}, cents(1))
	}
	s.loaded.Store(0)
	if got := give(t, newLoop(s), client("end"), cents(1)); got.State.Sum != 2001 || s.loaded.Load() != 1 {
		t.Errorf("sum %d from %d commits", got.State.Sum, s.loaded.Load())
	}
}

func TestASnapshotOfAnotherSchemaOrDamagedIsPassedOver(t *testing.T) {
	mem := withTill(t)
	give(t, newLoop(mem), client("k"), cents(5))
	newer := tills
	newer.Schema = 2
	got, err := command.New(mem, "t", newer).Do(t.Context(), "a", client("k2"), cents(1))
	if err != nil || got.State.Sum != 6 {
		t.Errorf("after the schema was raised: %+v, %v", got, err)
	}
	if s := commits(mem, "a")[2].Snapshot; s == nil || s.Schema != 2 {
		t.Errorf("snapshot %+v", s)
	}

	for _, data := range []string{`[]`, `{"state":{"sum":"x"}}`, `{"state":{"sum":1000},"keys":"AAA="}`} {
		mem := withTill(t)
		damaged := eventstore.Commit{
			Events:   []eventstore.Event{{Type: "till.paid.v1", Data: []byte(`{"amount":5}`)}},
			Command:  eventstore.CommandID{Key: "x"},
			Snapshot: &eventstore.Snapshot{Schema: 1, Data: []byte(data)},
		}
		if _, err := mem.Append(t.Context(), streamOf("a"), commits(mem, "a")[0].End(), damaged); err != nil {
			t.Fatal(err)
		}
		if got := give(t, newLoop(mem), client("k"), cents(1)); got.State.Sum != 6 {
			t.Errorf("after the snapshot %s: %+v", data, got)
		}
	}
}

var _ domain.Command[till, event] = open{}

func BenchmarkDo(b *testing.B) {
	l := newLoop(new(memstore.Store))
	if _, err := l.Do(b.Context(), "a", client("open"), open{}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := l.Do(b.Context(), "a", command.Request{}, cents(1)); err != nil {
			b.Fatal(err)
		}
	}
}
