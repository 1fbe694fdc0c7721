package saga

import (
	"encoding/json"
	"fmt"
	"time"
)

// TaskTimeout is how long a state machine waits for one attempt. The function
// that makes the attempt has a timeout of its own, which is shorter: so nobody
// works at an attempt that was given up.
const TaskTimeout = 30 * time.Second

// TaskFunction stands in the state machine for the ARN of the function that
// makes the attempts. Whoever deploys the machine puts it there.
const TaskFunction = "${TaskFunctionArn}"

// ASL renders the process as a state machine in the Amazon States Language: the
// same text for the same declaration. Each state is named after its step and
// hands [TaskFunction] what makes an [Attempt]: the run, which is the machine's
// input; the step, when it was entered, and how often it was tried again; and,
// where an error led to it, the name of that, which is a [Kind] or the engine's
// own. A run whose every step succeeds at once makes one transition for each.
// https://states-language.net/spec.html
func (p Process) ASL() ([]byte, error) {
	steps, chain := p.steps(), p.chain()
	behind, head := steps[p.pivot()+1:], chain[0]
	if len(behind) == 0 || len(chain) == 1 {
		return nil, fmt.Errorf("saga: %s has no step behind its pivot, or takes nothing else back: no choice is left to its state machine", p.Name)
	}
	m := machine{Comment: "The saga " + p.Name + ", rendered from its declaration.", StartAt: steps[0].name}

	for i, n := range steps {
		s := n.state()
		if i == 0 {
			s.Retry[0].ErrorEquals = append(s.Retry[0].ErrorEquals, string(Left))
			s.Catch = []catcher{{ErrorEquals: []string{string(Left)}, Next: string(Left)}}
		}
		switch {
		case n.before:
			s.Catch = append(s.Catch, catchAll(head.name))
		case n.mayFail:
			s.Catch = append(s.Catch, catchAll(recorder(n)))
		}
		m.add(n.name, s.then(steps[i+1:]))
	}
	answer := p.Steps[p.pivot()].Name + "First"
	for i, n := range chain {
		if i > 0 {
			m.add(n.name, n.state().then(chain[i+1:]))
			continue
		}
		s := n.state().told()
		s.ResultPath, s.Next = "$.said", answer
		m.add(n.name, s)
		m.add(answer, state{
			Type: "Choice", Default: chain[1].name,
			Choices: []choice{{Variable: "$.said.verdict", StringEquals: string(Resume), Next: behind[0].name}},
		})
	}
	for i, n := range steps {
		if n.mayFail {
			s := n.state().told()
			s.Retry = p.Compensating.retriers()
			m.add(recorder(n), s.then(steps[i+1:]))
		}
	}
	m.add(string(Left), state{Type: "Fail", Error: string(Refused), Cause: "there is nothing to run"})
	return json.MarshalIndent(m, "", "  ")
}

// recorder names the state that writes down the failure of a step that may fail,
// where the step itself could not.
func recorder(n node) string { return "Record" + n.name }

// state returns the state of a step, whose answer is dropped: the memo has it.
func (n node) state() state {
	return state{
		Type:     "Task",
		Resource: TaskFunction,
		Parameters: map[string]string{
			"run.$":     "$$.Execution.Input",
			"step":      n.name,
			"entered.$": "$$.State.EnteredTime",
			"retries.$": "$$.State.RetryCount",
		},
		ResultPath:     json.RawMessage("null"),
		TimeoutSeconds: seconds(TaskTimeout),
		Retry:          n.retry.retriers(),
	}
}

// retriers never try again what is refused, and everything else.
func (r Retry) retriers() []retrier {
	return []retrier{
		{ErrorEquals: []string{string(Refused)}},
		{
			ErrorEquals:     []string{everything},
			MaxAttempts:     r.Attempts - 1,
			IntervalSeconds: seconds(r.First),
			BackoffRate:     2,
			MaxDelaySeconds: seconds(r.Most),
			JitterStrategy:  "FULL",
		},
	}
}

func seconds(d time.Duration) int { return int(d / time.Second) }
