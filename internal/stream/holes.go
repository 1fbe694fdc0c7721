package stream

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// Holes are what a batch that is given up leaves in the views.
type Holes struct {
	store eventstore.Store
	views []projection.View
	marks Marks
	log   *slog.Logger
}

// NewHoles returns the holes in all views, which are those of [NewProjector].
func NewHoles(rows readmodel.Store, store eventstore.Store, log *slog.Logger, others ...projection.View) *Holes {
	return &Holes{store: store, views: views(rows, store, others), marks: NewMarks(rows), log: log}
}

// Fill reads a stream to its head and folds into each view what that has missed.
// Where the stream cannot be folded it is parked in that view, and in all views
// where it cannot be read: then the log says so, once. When Fill returns without
// an error, each hole is filled or is a mark. Any error is a fault; what is done
// by then need not be done again.
func (h *Holes) Fill(ctx context.Context, stream eventstore.StreamID) error {
	end, going := eventstore.NoStream(stream), h.views
	var piece []eventstore.Commit
	for c, err := range h.store.Read(ctx, stream, end) {
		if err != nil && !eventstore.Damaged(err) {
			return err
		}
		if err == nil {
			piece, end = append(piece, c), c.End()
		}
		if err != nil || len(piece) == pieceSize {
			var fault error
			if going, fault = h.fold(ctx, going, piece); fault != nil {
				return fault
			}
			piece = nil
		}
		if err != nil {
			return h.park(ctx, going, &projection.PoisonError{Stream: stream, Version: end.Version() + 1, Err: err})
		}
	}
	_, err := h.fold(ctx, going, piece)
	return err
}

// fold returns the views that go on.
func (h *Holes) fold(ctx context.Context, all []projection.View, piece []eventstore.Commit) (going []projection.View, err error) {
	for _, v := range all {
		err := v.Apply(ctx, piece...)
		poison := projection.Poisoned(err)
		if err != nil && poison == nil {
			return nil, err
		}
		for _, p := range poison {
			if err := h.park(ctx, []projection.View{v}, p); err != nil {
				return nil, err
			}
		}
		if poison == nil {
			going = append(going, v)
		}
	}
	return slices.Clip(going), nil
}

// park says so before it marks, so that a park that is cut off is said twice and
// never not at all.
func (h *Holes) park(ctx context.Context, in []projection.View, poison *projection.PoisonError) error {
	for _, v := range in {
		marked, err := h.marks.Has(ctx, v.View(), poison.Stream)
		if err != nil {
			return err
		}
		if marked {
			continue
		}
		h.log.ErrorContext(ctx, Parked, "stream", poison.Stream.String(), "version", poison.Version, "view", v.View(), "err", poison.Err)
		if err := h.marks.Set(ctx, v.View(), poison, time.Now().UTC().Truncate(time.Millisecond)); err != nil {
			return err
		}
	}
	return nil
}
