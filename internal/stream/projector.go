package stream

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/fulfilments"
	"github.com/daybook-es/daybook/pkg/readmodel/orderdetails"
	"github.com/daybook-es/daybook/pkg/readmodel/orderlist"
	"github.com/daybook-es/daybook/pkg/readmodel/sales"
	"github.com/daybook-es/daybook/pkg/readmodel/stocklevels"
)

// NewProjector returns the handler that folds what is committed to a table into
// all views. Their rows, and the marks of parked streams, are in rows; what the
// rows have missed is read from the store. The others are views that do not keep
// rows, such as the journal: they are written as they are folded, so they may hold
// commits after a poison in another view.
func NewProjector(table string, rows readmodel.Store, store eventstore.Store, log *slog.Logger, others ...projection.View) Handler {
	return handler(table, log, &projector{rows: rows, store: store, others: others, marks: NewMarks(rows)})
}

// views returns all views: those over rows, and the others.
func views(rows readmodel.Store, store eventstore.Store, others []projection.View) []projection.View {
	return append([]projection.View{
		orderdetails.New(rows, store), orderlist.New(rows, store), stocklevels.New(rows, store), fulfilments.New(rows, store),
		sales.New(rows, store),
	}, others...)
}

type projector struct {
	rows   readmodel.Store
	store  eventstore.Store
	others []projection.View
	marks  Marks
}

// races is how often commits are folded again because another invocation, of
// another shard, wrote one of their rows; the pause before doubles each time.
const (
	races     = 10
	racePause = time.Millisecond
)

// take folds all commits into all views before it writes a row, so that nothing
// from the first poison on is written.
func (p *projector) take(ctx context.Context, commits []eventstore.Commit) (done int, stop *failure) {
	done = len(commits)
	for race := 0; ; {
		rows := &stage{Store: p.rows}
		poison, err := p.fold(ctx, rows, commits[:done])
		if err == nil && len(poison) > 0 {
			done, stop = first(commits, poison)
			continue
		}
		if err == nil {
			err = rows.write(ctx)
		}
		if race++; errors.Is(err, readmodel.ErrRace) && race < races {
			time.Sleep(rand.N(racePause << race))
			continue
		}
		if err != nil {
			return 0, &failure{name: Waiting, err: err}
		}
		return done, stop
	}
}

// poisoned is poison in a view in which its stream is not parked.
type poisoned struct {
	*projection.PoisonError
	view string
}

// fold folds the commits into all views, over rows.
func (p *projector) fold(ctx context.Context, rows readmodel.Store, commits []eventstore.Commit) ([]poisoned, error) {
	all := views(rows, p.store, p.others)
	poison, errs := make([][]poisoned, len(all)), make([]error, len(all))
	var wg sync.WaitGroup
	for i, v := range all {
		wg.Go(func() { poison[i], errs[i] = p.foldInto(ctx, v, commits) })
	}
	wg.Wait()
	return slices.Concat(poison...), firstOf(errs)
}

func (p *projector) foldInto(ctx context.Context, v projection.View, commits []eventstore.Commit) (all []poisoned, err error) {
	err = v.Apply(ctx, commits...)
	poison := projection.Poisoned(err)
	if poison == nil {
		return nil, err
	}
	for _, e := range poison {
		marked, err := p.marks.Has(ctx, v.View(), e.Stream)
		if err != nil {
			return nil, err
		}
		if !marked {
			all = append(all, poisoned{e, v.View()})
		}
	}
	return all, nil
}

// first returns the index of the first commit that poison keeps from being
// folded, and the poison. That may stand before the commit, in a gap.
func first(commits []eventstore.Commit, poison []poisoned) (int, *failure) {
	for i, c := range commits {
		for _, p := range poison {
			if c.Stream == p.Stream && c.Last() >= p.Version {
				return i, p.failure()
			}
		}
	}
	return 0, poison[0].failure() // of none of them: then nothing is safe to fold
}

func (p poisoned) failure() *failure {
	return &failure{name: Poison, err: p.Err, attrs: []any{"stream", p.Stream.String(), "version", p.Version, "view", p.view}}
}

// parked implements [follower]. A stream of which a record makes no sense is
// parked in all views at once.
func (p *projector) parked(ctx context.Context, stream eventstore.StreamID) (bool, error) {
	for _, v := range views(p.rows, p.store, p.others) {
		if marked, err := p.marks.Has(ctx, v.View(), stream); !marked || err != nil {
			return false, err
		}
	}
	return true, nil
}

func firstOf(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
