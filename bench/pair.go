package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"
)

// A figure is one line of the table: a measured value, and what was aimed at.
type figure struct {
	what, control string
	value, spread string
	goal          string
	met           bool
}

// ratio is what pairs of runs gave: the median of ours ÷ control, and the
// quartiles around it.
type ratio struct{ median, low, high float64 }

func (r ratio) String() string { return fmt.Sprintf("%.2f×", r.median) }

func (r ratio) spread() string { return fmt.Sprintf("%.2f–%.2f", r.low, r.high) }

// atMost and atLeast make the line of a ratio.
func (r ratio) atMost(what, control string, goal float64) figure {
	return figure{what: what, control: control, value: r.String(), spread: r.spread(), goal: fmt.Sprintf("≤ %.2f×", goal), met: r.median <= goal}
}

func (r ratio) atLeast(what, control string, goal float64) figure {
	return figure{what: what, control: control, value: r.String(), spread: r.spread(), goal: fmt.Sprintf("≥ %.2f×", goal), met: r.median >= goal}
}

// pairs times ours and its control in turn, ABBA, so that a drift of the
// machine's speed falls on both, and returns the ratios of their times.
func pairs(ctx context.Context, name string, rounds int, ours, control func(context.Context) error) (ratio, error) {
	for _, f := range []func(context.Context) error{ours, control} { // not counted
		if err := f(ctx); err != nil {
			return ratio{}, fmt.Errorf("%s: %w", name, err)
		}
	}
	var ratios []float64
	for round := range rounds {
		progress(name, round, rounds)
		var took [2]time.Duration
		for i := range 2 {
			who := (i + round) % 2
			begin := time.Now()
			if err := []func(context.Context) error{ours, control}[who](ctx); err != nil {
				return ratio{}, fmt.Errorf("%s: %w", name, err)
			}
			took[who] = time.Since(begin)
		}
		ratios = append(ratios, took[0].Seconds()/took[1].Seconds())
	}
	progress(name, rounds, rounds)
	return quartiles(ratios), nil
}

func quartiles(all []float64) ratio {
	slices.Sort(all)
	n := len(all)
	return ratio{median: all[n/2], low: all[n/4], high: all[n-1-n/4]}
}

// progress shows on standard error how far a long measurement has come.
func progress(name string, done, of int) {
	const width = 30
	bar := done * width / max(of, 1)
	fmt.Fprintf(os.Stderr, "\r%-44s [%-*s] %d/%d", name, width, "=============================="[:bar], done, of)
	if done == of {
		fmt.Fprintln(os.Stderr)
	}
}

// times does f n times.
func times(n int, f func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		for range n {
			if err := f(ctx); err != nil {
				return err
			}
		}
		return nil
	}
}
