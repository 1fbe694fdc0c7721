// Package saga runs a process of several steps over aggregates and the outside
// world, so that it is either done or leaves no trace.
//
// A [Process] is declared once, as a list of steps; every engine that runs it
// goes by that list: [Runs] in one process, a state machine elsewhere. What ends
// is written into a memo, an event stream of its own for each run, for people
// and for repeats. That each thing is done once is never the memo's doing: tasks
// are once by the state of what they act on.
package saga

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/daybook-es/daybook/pkg/command"
)

// A Process is a list of steps. Those up to and including the pivot can be taken
// back; the failure of any of them enters the whole chain of compensations at
// its head, for a task that timed out may have been done. What stands behind the
// pivot is tried until it is done.
type Process struct {
	Name         string // the category of its memos, and the actor of what it does
	Steps        []Step
	Compensating Retry // how compensations are tried again
}

// A Step is one thing to do, and what takes it back.
type Step struct {
	Name         string
	Do           Task
	Compensation string        // the name under which Undo is shown; empty: nothing is to be taken back
	Undo         Task          // succeeds when there is nothing to take back, and records that it happened
	Pivot        bool          // behind it nothing is taken back; its Undo is the head of the chain
	MayFail      bool          // its failure is recorded, and the run goes on
	Timeout      time.Duration // of one attempt, also of Undo
	Deadline     time.Duration // when the attempts of Do end, since the step was entered; 0: by their count alone
	Retry        Retry         // of Do
}

// Retry says how a task is tried again that was not refused. The pauses double.
type Retry struct {
	Attempts    int           // in all
	First, Most time.Duration // pauses, in whole seconds from 1 up
}

// pause returns how long to wait after so many attempts.
func (r Retry) pause(attempts int) time.Duration {
	pause := r.First
	for range attempts - 1 {
		if pause *= 2; pause >= r.Most {
			return r.Most
		}
	}
	return pause
}

// A Task does one attempt. Its context ends with the attempt. It may be called
// again after it succeeded, and late, after what takes it back: it is refused
// then. Its error is of one of the kinds of [KindOf].
type Task func(context.Context, Call) (Verdict, error)

// A Call says what a task is called for.
type Call struct {
	Run
	Saga    string    // the name of the process
	Step    string    // its name, or the compensation's
	Entered time.Time // when the step was entered, by the engine's clock
	Caught  *Failure  // what first ended a step; nil if none did, or a step asked to take back
}

// Request returns under whose name the task gives its commands. They are once by
// the state of what they are given to, so they need no key.
func (c Call) Request() command.Request {
	return command.Request{Correlation: c.Correlation, Causation: c.Saga + "/" + c.ID + "/" + c.Step, Actor: c.Saga}
}

// A Run is one run of a process: its id is that of its memo.
type Run struct {
	ID          string `json:"id"`
	Correlation string `json:"correlation,omitempty"`
}

// A Verdict is what a task that succeeded says of the way on.
type Verdict string

const (
	// Proceed is the declared way: to the next step, or down the chain.
	Proceed Verdict = ""
	// TakeBack, of a step up to the pivot, enters the chain.
	TakeBack Verdict = "takeBack"
	// Resume, of the pivot's compensation: the pivot was passed after all, and
	// the run goes on behind it.
	Resume Verdict = "resume"
	// Leave, of the first step: there is nothing to run. The run ends, refused,
	// takes nothing back and leaves no memo.
	Leave Verdict = "leave"
)

// check panics when the declaration is a mistake in the program.
func (p Process) check() {
	names, pivots := make(map[string]bool), 0
	for _, s := range p.Steps {
		for _, name := range []string{s.Name, s.Compensation} {
			if name != "" && names[name] {
				panic(fmt.Sprintf("saga: %s has two steps of the name %q", p.Name, name))
			}
			names[name] = true
		}
		if s.Pivot {
			pivots++
		}
		switch {
		case s.Name == "" || s.Timeout <= 0:
			panic(fmt.Sprintf("saga: a step of %s has no name or no timeout", p.Name))
		case s.Pivot && s.Compensation == "":
			panic(fmt.Sprintf("saga: %s: the pivot's compensation heads the chain, and there is none", p.Name))
		}
	}
	if pivots != 1 {
		panic(fmt.Sprintf("saga: %s has %d pivots", p.Name, pivots))
	}
	for _, r := range append([]Retry{p.Compensating}, retries(p.Steps)...) {
		if r.Attempts < 1 || r.First < time.Second || r.Most <= r.First || r.First%time.Second != 0 || r.Most%time.Second != 0 {
			panic(fmt.Sprintf("saga: %s: %+v is not one attempt or more with pauses that grow, in whole seconds", p.Name, r))
		}
	}
}

func retries(steps []Step) (all []Retry) {
	for _, s := range steps {
		all = append(all, s.Retry)
	}
	return all
}

// A node is a step or a compensation, as an engine sees it.
type node struct {
	name     string
	task     Task
	retry    Retry
	timeout  time.Duration
	deadline time.Duration
	mayFail  bool
	back     bool // it is a compensation
	before   bool // it is a step up to and including the pivot
}

func (p Process) pivot() int {
	return slices.IndexFunc(p.Steps, func(s Step) bool { return s.Pivot })
}

// steps returns the way forward.
func (p Process) steps() []node {
	var all []node
	for i, s := range p.Steps {
		all = append(all, node{
			name: s.Name, task: s.Do, retry: s.Retry, timeout: s.Timeout, deadline: s.Deadline,
			mayFail: s.MayFail, before: i <= p.pivot(),
		})
	}
	return all
}

// chain returns the way back.
func (p Process) chain() []node {
	var all []node
	for _, s := range slices.Backward(p.Steps) {
		if s.Compensation != "" {
			all = append(all, node{name: s.Compensation, task: s.Undo, retry: p.Compensating, timeout: s.Timeout, back: true})
		}
	}
	return all
}

func (p Process) find(name string) (node, bool) {
	for _, n := range append(p.steps(), p.chain()...) {
		if n.name == name {
			return n, true
		}
	}
	return node{}, false
}

// after returns what follows the end of a step of this process, empty when the
// run is over, and how the run stands then.
func (p Process) after(o Outcome) (next string, run Status) {
	steps, chain := p.steps(), p.chain()
	named := func(n node) bool { return n.name == o.Step }
	behind := func(nodes []node, i int, underway, over Status) (string, Status) {
		if i+1 < len(nodes) {
			return nodes[i+1].name, underway
		}
		return "", over
	}
	if i := slices.IndexFunc(chain, named); i >= 0 {
		switch {
		case o.Status != StepSucceeded:
			return o.Step, Stuck
		case o.Verdict == Resume:
			return behind(steps, p.pivot(), Running, Succeeded)
		}
		return behind(chain, i, Compensating, Compensated)
	}
	i := slices.IndexFunc(steps, named)
	switch {
	case o.Status == StepSucceeded && o.Verdict != TakeBack, o.Status != StepSucceeded && steps[i].mayFail:
		return behind(steps, i, Running, Succeeded)
	case steps[i].before:
		return chain[0].name, Compensating
	}
	return o.Step, Stuck
}
