package stream

import (
	"context"
	"sync"

	"github.com/daybook-es/daybook/pkg/readmodel"
)

// A stage reads rows through and keeps back those that are put, until it is told
// to write them. It is for projections, which read a row once, before they put it.
type stage struct {
	readmodel.Store
	mu   sync.Mutex
	rows []readmodel.Row
}

// Put implements [readmodel.Store]; a race shows when the stage is written.
func (s *stage) Put(_ context.Context, row readmodel.Row) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows = append(s.rows, row)
	return nil
}

// writers is how many rows are written at the same time.
const writers = 8

// write puts the rows, each of which guards itself: where some are written and
// others not, folding the same commits again does the rest.
func (s *stage) write(ctx context.Context) error {
	errs, next := make([]error, len(s.rows)), make(chan int)
	var wg sync.WaitGroup
	for range min(writers, len(s.rows)) {
		wg.Go(func() {
			for i := range next {
				errs[i] = s.Store.Put(ctx, s.rows[i])
			}
		})
	}
	for i := range s.rows {
		next <- i
	}
	close(next)
	wg.Wait()
	return firstOf(errs)
}
