package stream_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/daybook-es/daybook/internal/stream"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
)

// diary is a view that keeps no rows. It cannot take a version of a stream.
type diary struct {
	taken []eventstore.Version // of each commit, the last
	never eventstore.Version
}

func (*diary) View() string { return "diary" }

func (d *diary) Has(_ context.Context, _ eventstore.StreamID, v eventstore.Version) (bool, error) {
	return slices.Contains(d.taken, v), nil
}

func (d *diary) Apply(_ context.Context, commits ...eventstore.Commit) error {
	for _, c := range commits {
		if c.First == d.never {
			return errors.Join(&projection.PoisonError{Stream: c.Stream, Version: c.First, Err: errors.New("no")})
		}
		d.taken = append(d.taken, c.Last())
	}
	return nil
}

func TestAViewWithoutRowsIsFedAndParkedAsAnyOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, d := newWorld(t), &diary{never: 3}
		w.append("1", placed)
		w.append("1", submitted)
		late := w.append("1", submitted)
		h := stream.NewProjector(table, w.rows, w.store, w.logger, d)
		w.reports(h, late.Change.SequenceNumber, w.records...)
		if len(d.taken) < 2 || d.taken[0] != 1 || d.taken[1] != 2 {
			t.Errorf("it took %v", d.taken)
		}
		w.holdAll("1", 2)
		if err := stream.NewHoles(w.rows, w.store, w.logger, d).Fill(t.Context(), orderStream("1")); err != nil {
			t.Fatal(err)
		}
		w.marked(stream.Mark{Stream: orderStream("1").String(), View: "diary", Version: 3, Reason: projection.Unfolded})
		w.holdAll("1", 3)
		w.reports(h, "", w.records...)
	})
}
