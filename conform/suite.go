package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// A section is a part of the contract.
type section struct {
	name   string
	checks []check
	parses bool // what it checks is in code that is the same wherever it runs
}

// A check proves one sentence.
type check struct {
	sentence string
	run      func(*T)
	long     bool // mostly waits, for seconds
	parses   bool // as of a section
}

// contents is the contract, in its own order. What holds for every answer is
// checked beside, on each that came; see laws.
func contents() []section {
	return []section{
		{name: "Form", parses: true, checks: slices.Concat(ids(), numbers(), texts(), strictJSON(), bodies(), queries(), cursors(), keys(), repeats(), matches())},
		{name: "Routes", checks: slices.Concat(placing(), editing(), cancelling(), delivering(), returning(), reading(), listing(), trails(), stocks(), selling(), searching(), journals(), systems(), flowing(), waiting(), missing(), documents())},
		{name: "Fulfilment", checks: slices.Concat(fulfilling(), fulfilmentLists(), shortages(), inFlight())},
		{name: "Test values", checks: values()},
		{name: "HTTP", parses: true, checks: slices.Concat(routing(), heads(), correlations(), tags(), unchanged())},
		{name: "Bad input", parses: true, checks: badInput()},
	}
}

// deployed leaves out what every way to run parses by the same code: that is
// checked embedded, and behind the gateway adapter.
func deployed(sections []section) (some []section) {
	for _, s := range sections {
		s.checks = slices.DeleteFunc(s.checks, func(c check) bool { return c.parses })
		if !s.parses {
			some = append(some, s)
		}
	}
	return some
}

// A result is a check that was started; failures are there when done is closed.
type result struct {
	section, sentence string
	failures          []failure
	done              chan struct{}
}

// How many checks run at the same time: so many short ones, and all long ones. Behind
// a gateway every request and event wakes functions, and an emulator runs them all on
// the suite's own machine: this is no test of load.
const (
	atOnce                  = 8
	shortBehind, longBehind = 2, 4
)

// start starts all checks and returns them in the order of the contract.
func start(ctx context.Context, c *client, sections []section) []*result {
	var all []*result
	var long, short []func()
	for _, s := range sections {
		for _, check := range s.checks {
			r := &result{section: s.name, sentence: check.sentence, done: make(chan struct{})}
			all = append(all, r)
			run := func() {
				defer close(r.done)
				r.failures = prove(ctx, c, check)
			}
			if check.long {
				long = append(long, run)
			} else {
				short = append(short, run)
			}
		}
	}
	shorts, longs := atOnce, len(long)
	if c.behind {
		shorts, longs = shortBehind, longBehind
	}
	inLanes(longs, long)
	inLanes(shorts, short)
	return all
}

// inLanes runs so many at once, and returns before they are done.
func inLanes(lanes int, all []func()) {
	queue := make(chan func(), len(all))
	for _, run := range all {
		queue <- run
	}
	close(queue)
	for range lanes {
		go func() {
			for run := range queue {
				run()
			}
		}()
	}
}

// report prints each result once it is there, in order, and then the laws.
func report(out, progress io.Writer, c *client, all []*result) (passed, failed int) {
	late := time.After(2 * time.Second)
	name := ""
	tell := func(section, sentence string, failures []failure) {
		if section != name {
			name = section
			fmt.Fprintf(out, "\n%s\n", name)
		}
		if len(failures) == 0 {
			passed++
			fmt.Fprintf(out, "  ✓ %s\n", sentence)
			return
		}
		failed++
		fmt.Fprintf(out, "  ✗ %s\n", sentence)
		const most = 3
		for _, f := range failures[:min(most, len(failures))] {
			fmt.Fprint(out, f)
		}
		if more := len(failures) - most; more > 0 {
			fmt.Fprintf(out, "      and %d more\n", more)
		}
	}
	for _, r := range all {
		select {
		case <-r.done:
		case <-late:
			fmt.Fprintf(progress, "… %d of %d checks are done; some wait for an order to end, %v at most\n", ended(all), len(all), c.lasting)
			<-r.done
		}
		tell(r.section, r.sentence, r.failures)
	}
	count, kept := c.laws.verdicts()
	for _, v := range kept {
		tell(fmt.Sprintf("Every answer (%d of them)", count), v.sentence, v.failures)
	}
	return passed, failed
}

// ended returns how many checks are done.
func ended(all []*result) (n int) {
	for _, r := range all {
		select {
		case <-r.done:
			n++
		default:
		}
	}
	return n
}

// A failure is one exchange that was not as the sentence says.
type failure struct{ sent, expected, got string }

// String implements [fmt.Stringer].
func (f failure) String() string {
	var text strings.Builder
	for _, part := range []struct{ name, text string }{{"sent", f.sent}, {"expected", f.expected}, {"got", f.got}} {
		if part.text != "" {
			fmt.Fprintf(&text, "      %-9s %s\n", part.name, part.text)
		}
	}
	return text.String()
}
