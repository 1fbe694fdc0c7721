package fulfilment_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/daybook-es/daybook/pkg/saga"
)

// An execution is one of the saga's state machine, in an engine that does what
// the machine says and knows of an error no more than its name. It waits as long
// as a retrier says at most.
type execution struct {
	machine stateMachine
	input   map[string]any
	data    map[string]any  // flows through the states
	at      string          // the state that it is in
	lost    map[string]bool // states whose function cannot be called
}

func newExecution(m stateMachine, id string) *execution {
	input := map[string]any{"id": id, "correlation": "call-1"}
	return &execution{machine: m, input: input, data: map[string]any{"input": input}, at: m.StartAt}
}

// drive goes on to the end, or to a state that fails the execution, at which it
// can be redriven: who watches it notes that it stopped.
func (e *execution) drive(ctx context.Context, runs *saga.Runs) {
	for e.at != "" {
		next, failed := e.pass(ctx, runs, e.machine.States[e.at])
		if failed != "" {
			_, _ = runs.Stop(ctx, saga.Run{ID: fmt.Sprint(e.input["id"])}, time.Now().UTC())
			return
		}
		e.at = next
	}
}

// pass goes through a state, and names the next one or what failed.
func (e *execution) pass(ctx context.Context, runs *saga.Runs, s *state) (next string, failed saga.Kind) {
	switch s.Type {
	case "Fail":
		return "", saga.Kind(s.Error)
	case "Choice":
		for _, c := range s.Choices {
			if e.find(c.Variable) == c.StringEquals {
				return c.Next, ""
			}
		}
		return s.Default, ""
	}
	entered := time.Now().UTC()
	tried := make([]int, len(s.Retry))
	for {
		count := 0
		for _, n := range tried {
			count += n
		}
		verdict, failed := e.call(ctx, runs, s, entered, count)
		if failed == "" {
			e.keep(s.ResultPath, map[string]any{"verdict": string(verdict)})
			return s.Next, ""
		}
		matches := func(names []string) bool {
			return slices.Contains(names, string(failed)) || slices.Contains(names, "States.ALL")
		}
		i := slices.IndexFunc(s.Retry, func(r retrier) bool { return matches(r.ErrorEquals) })
		if i < 0 || tried[i] == s.Retry[i].MaxAttempts {
			i = slices.IndexFunc(s.Catch, func(c catcher) bool { return matches(c.ErrorEquals) })
			if i < 0 {
				return "", failed
			}
			e.keep(json.RawMessage(fmt.Sprintf("%q", s.Catch[i].ResultPath)), map[string]any{"Error": string(failed)})
			return s.Catch[i].Next, ""
		}
		pause := s.Retry[i].IntervalSeconds
		for n := 0; n < tried[i] && pause < s.Retry[i].MaxDelaySeconds; n++ {
			pause *= s.Retry[i].BackoffRate
		}
		time.Sleep(time.Duration(min(pause, s.Retry[i].MaxDelaySeconds)) * time.Second)
		tried[i]++
	}
}

// call hands the function the state's parameters, as JSON, and takes its answer.
func (e *execution) call(ctx context.Context, runs *saga.Runs, s *state, entered time.Time, retries int) (saga.Verdict, saga.Kind) {
	if e.lost[e.at] {
		return "", "Lambda.Unknown"
	}
	told := make(map[string]any)
	for key, value := range s.Parameters {
		name, path := strings.CutSuffix(key, ".$")
		switch {
		case !path:
			told[name] = value
		case value == "$$.Execution.Input":
			told[name] = e.input
		case value == "$$.State.EnteredTime":
			told[name] = entered
		case value == "$$.State.RetryCount":
			told[name] = retries
		default:
			told[name] = e.find(value)
		}
	}
	var in struct {
		Run     saga.Run
		Step    string
		Entered time.Time
		Retries int
		Caught  saga.Kind
	}
	text, err := json.Marshal(told)
	if err == nil {
		err = json.Unmarshal(text, &in)
	}
	if err != nil {
		return "", "States.Runtime"
	}
	o, err := runs.Perform(ctx, saga.Attempt{Run: in.Run, Step: in.Step, Entered: in.Entered, Number: in.Retries + 1, Caught: in.Caught})
	return o.Verdict, runs.Crosses(o, err)
}

// find returns the text at a path of two names: "$.said.verdict".
func (e *execution) find(path string) string {
	names := strings.Split(path, ".")
	inner, _ := e.data[names[1]].(map[string]any)
	return fmt.Sprint(inner[names[2]])
}

// keep puts a value at a path of one name; null drops it.
func (e *execution) keep(path json.RawMessage, value map[string]any) {
	if name, ok := strings.CutPrefix(string(path), `"$.`); ok {
		e.data[strings.TrimSuffix(name, `"`)] = value
	}
}
