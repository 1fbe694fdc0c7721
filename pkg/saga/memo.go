package saga

import (
	"slices"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
)

// A Status says how a run stands.
type Status string

// The statuses of a run. One without a memo has none.
const (
	Running      Status = "running"
	Compensating Status = "compensating"
	Succeeded    Status = "succeeded"
	Compensated  Status = "compensated"
	Stuck        Status = "stuck" // a task that may not fail was given up, or what ran the run stopped
)

// Known reports whether a run can be in the status.
func (s Status) Known() bool {
	switch s {
	case Running, Compensating, Succeeded, Compensated, Stuck:
		return true
	}
	return false
}

// Ended reports whether the run is over.
func (s Status) Ended() bool { return s == Succeeded || s == Compensated }

// A StepStatus says how a step ended.
type StepStatus string

// The statuses of a step that ended.
const (
	StepSucceeded StepStatus = "succeeded"
	StepRefused   StepStatus = "refused"
	StepFailed    StepStatus = "failed"
)

// A Failure is what ended a step. It holds nothing of a fault's text, which
// stays in the log.
type Failure struct {
	Step   string `json:"step,omitempty"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// An Outcome is the end of a step or a compensation.
type Outcome struct {
	Step      string     `json:"step"`
	Status    StepStatus `json:"status"`
	Verdict   Verdict    `json:"verdict,omitempty"`
	Attempts  int        `json:"attempts"`
	StartedAt time.Time  `json:"startedAt"`
	EndedAt   time.Time  `json:"endedAt"`
	Error     *Failure   `json:"error,omitempty"`
}

// A Memo is what is known of a run: the outcomes in the order in which the steps
// ran, each step's last.
type Memo struct {
	Status Status    `json:"status,omitempty"` // empty: it has not begun
	Steps  []Outcome `json:"steps,omitempty"`
	Cause  *Failure  `json:"cause,omitempty"`  // what first ended a step
	Turned bool      `json:"turned,omitempty"` // it is on the way back, also where it is stuck
}

// Of returns the outcome of a step, if it has one.
func (m Memo) Of(step string) (Outcome, bool) {
	i := slices.IndexFunc(m.Steps, func(o Outcome) bool { return o.Step == step })
	if i < 0 {
		return Outcome{}, false
	}
	return m.Steps[i], true
}

// Event is what happens to a memo.
type Event = domain.Event[Memo]

// StepEnded: a step, or a compensation, came to its end.
type StepEnded struct {
	Outcome Outcome `json:"outcome"`
	Run     Status  `json:"run"` // how the run stands then
}

// EventType implements [domain.Event].
func (StepEnded) EventType() string { return "saga.step_ended.v1" }

// Evolve implements [domain.Event].
func (e StepEnded) Evolve(m Memo) Memo {
	m.Steps = slices.Clone(m.Steps)
	if i := slices.IndexFunc(m.Steps, func(o Outcome) bool { return o.Step == e.Outcome.Step }); i >= 0 {
		m.Steps[i] = e.Outcome
	} else {
		m.Steps = append(m.Steps, e.Outcome)
	}
	m.Status = e.Run
	if m.Cause == nil && e.Run == Compensating {
		m.Cause = e.Outcome.Error
	}
	if e.Run != Stuck {
		m.Turned = e.Run == Compensating || e.Run == Compensated
	}
	return m
}

// GotStuck: what ran the run stopped, and had not come to its end. The end of a
// step that comes later lifts it.
type GotStuck struct {
	At time.Time `json:"at"`
}

// EventType implements [domain.Event].
func (GotStuck) EventType() string { return "saga.stuck.v1" }

// Evolve implements [domain.Event].
func (GotStuck) Evolve(m Memo) Memo {
	m.Status = Stuck
	return m
}

// Record writes the end of a step down. What is known stands, unless a step that
// did not succeed has succeeded since; a run that has ended, or has turned back
// from the step, hears no more of it.
type Record struct {
	Outcome
	Run  Status
	Back bool // the step is a compensation
}

// Decide implements [domain.Command].
func (c Record) Decide(m Memo) ([]Event, error) {
	was, known := m.Of(c.Step)
	switch {
	case m.Status.Ended(), known && (was.Status == StepSucceeded || c.Status != StepSucceeded), m.Turned && !c.Back:
		return nil, nil
	}
	return []Event{StepEnded{Outcome: c.Outcome, Run: c.Run}}, nil
}

// Stop says that what ran the run stopped. It is no news of a run that has ended,
// or is stuck, nor where a step has ended since.
type Stop struct{ At time.Time }

// Decide implements [domain.Command].
func (c Stop) Decide(m Memo) ([]Event, error) {
	since := func(o Outcome) bool { return o.EndedAt.After(c.At) }
	if m.Status.Ended() || m.Status == Stuck || slices.ContainsFunc(m.Steps, since) {
		return nil, nil
	}
	return []Event{GotStuck(c)}, nil
}

// Events reads and writes the events of memos.
var Events = domain.NewRegistry[Event](StepEnded{}, GotStuck{})

// memos says how the memos of a process are read and written.
func memos(process string) domain.Aggregate[Memo, Event] {
	return domain.Aggregate[Memo, Event]{Category: process, Events: Events, Schema: 2}
}
