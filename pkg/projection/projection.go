// Package projection folds events into the rows of a view, by a list of rules.
//
// A row knows, for each category that feeds it, the position it has folded in.
// So commits may come twice, late, shuffled, or not at all: what was applied is
// skipped, and what is missing is read from the event store first. Rules of
// different categories must commute; within a stream they see every event,
// once, in order.
package projection

import (
	"context"
	"errors"
	"fmt"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// A Projection keeps one view. The row of a stream is the one with the stream's
// tenant and id; R is what it holds, as JSON. It is safe for concurrent use.
type Projection[R any] struct {
	view    string
	rows    Rows
	events  eventstore.Store
	place   func(R) (lists []string, sort string)
	sums    func(readmodel.Key, R) []readmodel.Sum // nil: none
	sources map[string]Source[R]
}

// Rows is what a projection calls of a [readmodel.Store].
type Rows interface {
	Get(ctx context.Context, key readmodel.Key) (readmodel.Row, error)
	Put(ctx context.Context, row readmodel.Row) error
}

// New returns the projection that keeps the view's rows in rows. It reads from
// events what a commit's row has missed. place says in which lists a row
// stands, and where. Two sources of one category are a mistake in the program:
// it panics.
func New[R any](view string, rows Rows, events eventstore.Store, place func(R) (lists []string, sort string), sources ...Source[R]) *Projection[R] {
	p := &Projection[R]{view: view, rows: rows, events: events, place: place, sources: make(map[string]Source[R], len(sources))}
	for _, s := range sources {
		if _, twice := p.sources[s.category]; twice {
			panic(fmt.Sprintf("projection: view %q has two sources of category %q", view, s.category))
		}
		p.sources[s.category] = s
	}
	return p
}

// View returns the name of the view.
func (p *Projection[R]) View() string { return p.view }

// Has implements [View].
func (p *Projection[R]) Has(ctx context.Context, stream eventstore.StreamID, version eventstore.Version) (bool, error) {
	if _, ours := p.sources[stream.Category]; !ours {
		return true, nil
	}
	row, err := p.rows.Get(ctx, readmodel.Key{View: p.view, Tenant: stream.Tenant, ID: stream.ID})
	return row.Applied[stream.Category].Version() >= version, err
}

// Apply folds the commits into their rows, each of which it reads and writes
// once. Commits of a category that is no source are none of its business.
//
// Poison stops its own stream alone: what came before it is written, nothing of
// its commit or after it is, all other rows go on, and in the end Apply returns
// the [*PoisonError] of each such stream, joined; see [Poisoned]. Any other
// error is a fault of a store, or the context's, and comes as it is: some rows
// may be written and others not, and applying all again does no harm.
func (p *Projection[R]) Apply(ctx context.Context, commits ...eventstore.Commit) error {
	var poison []error
	for _, batch := range p.batches(commits) {
		found, err := p.apply(ctx, batch)
		if err != nil {
			return err
		}
		poison = append(poison, found...)
	}
	return errors.Join(poison...)
}
