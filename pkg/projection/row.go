package projection

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// A batch is what comes to one row at once.
type batch struct {
	row     readmodel.Key
	commits []eventstore.Commit
}

// batches sorts the commits by row, and by version within it, so that a shuffled
// batch has no gaps that need a read.
func (p *Projection[R]) batches(commits []eventstore.Commit) []batch {
	var all []batch
	index := make(map[readmodel.Key]int)
	for _, c := range commits {
		if _, ok := p.sources[c.Stream.Category]; !ok {
			continue
		}
		row := readmodel.Key{View: p.view, Tenant: c.Stream.Tenant, ID: c.Stream.ID}
		i, ok := index[row]
		if !ok {
			i = len(all)
			index[row] = i
			all = append(all, batch{row: row})
		}
		all[i].commits = append(all[i].commits, c)
	}
	for _, b := range all {
		slices.SortStableFunc(b.commits, func(a, b eventstore.Commit) int { return cmp.Compare(a.First, b.First) })
	}
	return all
}

// races is how often a row is folded again because somebody else wrote it: a
// function for each of its few sources may, at the same moment. The pause before
// the next try, a random part of one that doubles each time, parts them.
const (
	races     = 10
	racePause = time.Millisecond
)

// apply folds the batch into its row, once more when somebody else wrote the row
// meanwhile, and once more without the poison that was found.
func (p *Projection[R]) apply(ctx context.Context, b batch) (poison []error, err error) {
	bounds := make(map[eventstore.StreamID]eventstore.Version)
	for race := 0; ; {
		err := p.fold(ctx, b, bounds)
		if found, ok := errors.AsType[*PoisonError](err); ok {
			bounds[found.Stream] = found.Version
			poison = append(poison, found)
			continue
		}
		if race++; race == races || !errors.Is(err, readmodel.ErrRace) {
			return poison, err
		}
		if err := sleep(ctx, rand.N(racePause<<race)); err != nil {
			return poison, err
		}
	}
}

// fold reads the row, folds into it what it has not, up to but without the
// commits that reach the bounds, and writes it if it was changed.
func (p *Projection[R]) fold(ctx context.Context, b batch, bounds map[eventstore.StreamID]eventstore.Version) error {
	row, err := p.rows.Get(ctx, b.row)
	if err != nil {
		return err
	}
	var r R
	if row.Revision > 0 {
		if err := json.Unmarshal(row.Data, &r); err != nil {
			return fmt.Errorf("row %s of %s: %w", row.ID, row.View, err)
		}
	}
	if row.Applied == nil {
		row.Applied = make(map[string]eventstore.Position, len(p.sources))
	}
	changed, stopped := false, make(map[eventstore.StreamID]bool, len(bounds))
	for _, c := range b.commits {
		if stopped[c.Stream] {
			continue
		}
		at, ok := row.Applied[c.Stream.Category]
		if !ok {
			at = eventstore.NoStream(c.Stream)
		}
		bound, bounded := bounds[c.Stream]
		for next, err := range p.upTo(ctx, at, c) {
			if poison, ok := errors.AsType[*PoisonError](err); bounded && (err == nil && next.Last() >= bound || ok && poison.Version >= bound) {
				stopped[c.Stream] = true
				break
			}
			if err != nil {
				return err
			}
			if err := p.foldCommit(&r, next); err != nil {
				return err
			}
			row.Applied[next.Stream.Category], changed = next.End(), true
		}
	}
	if !changed {
		return nil
	}
	if row.Data, err = json.Marshal(r); err != nil {
		return fmt.Errorf("row %s of %s: %w", row.ID, row.View, err)
	}
	row.Lists, row.Sort = p.place(r)
	if p.sums != nil {
		row.Sums = p.sums(row.Key, r)
	}
	return p.rows.Put(ctx, row)
}

// upTo yields what lies between a position and the end of a commit: nothing for
// a duplicate, the commit alone when it is the next, and after a gap what the
// event store has there; a [*PoisonError] where that makes no sense.
func (p *Projection[R]) upTo(ctx context.Context, at eventstore.Position, c eventstore.Commit) iter.Seq2[eventstore.Commit, error] {
	return func(yield func(eventstore.Commit, error) bool) {
		if c.Last() <= at.Version() {
			return
		}
		if c.Follows(at) == nil {
			yield(c, nil)
			return
		}
		for between, err := range p.events.Read(ctx, c.Stream, at) {
			if eventstore.Damaged(err) {
				err = &PoisonError{Stream: c.Stream, Version: at.Version() + 1, Err: err}
			}
			if !yield(between, err) || err != nil {
				return
			}
			if at = between.End(); at.Version() >= c.Last() {
				return
			}
		}
		yield(c, c.Follows(at)) // a hole, if the store does not have what it sent
	}
}

// foldCommit is a [*PoisonError] when one of the commit's events cannot be
// folded, be it that its rule panics.
func (p *Projection[R]) foldCommit(r *R, c eventstore.Commit) (err error) {
	var at eventstore.Recorded
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("panic: %v", reason)
		}
		if err != nil {
			err = &PoisonError{Stream: at.Stream, Version: at.Version, Err: err}
		}
	}()
	source := p.sources[c.Stream.Category]
	for at = range c.Recorded() {
		if err := source.fold(r, at); err != nil {
			return err
		}
	}
	return nil
}
