package saga

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// A machine is a state machine in the Amazon States Language.
type machine struct {
	Comment string
	StartAt string
	States  states
}

type states []struct {
	name string
	state
}

// A state has the fields that are set.
type state struct {
	Type           string
	Resource       string            `json:",omitempty"`
	Parameters     map[string]string `json:",omitempty"`
	ResultPath     any               `json:",omitempty"`
	TimeoutSeconds int               `json:",omitempty"`
	Retry          []retrier         `json:",omitempty"`
	Catch          []catcher         `json:",omitempty"`
	Choices        []choice          `json:",omitempty"`
	Default        string            `json:",omitempty"`
	Error          string            `json:",omitempty"`
	Cause          string            `json:",omitempty"`
	Next           string            `json:",omitempty"`
	End            bool              `json:",omitempty"`
}

type retrier struct {
	ErrorEquals     []string
	MaxAttempts     int
	IntervalSeconds int    `json:",omitempty"`
	BackoffRate     int    `json:",omitempty"`
	MaxDelaySeconds int    `json:",omitempty"`
	JitterStrategy  string `json:",omitempty"`
}

type catcher struct {
	ErrorEquals []string
	ResultPath  string `json:",omitempty"`
	Next        string
}

type choice struct {
	Variable     string
	StringEquals string
	Next         string
}

// everything is each error that a machine may deal with.
const everything = "States.ALL"

// catchAll leads every error to a state, which finds it beside the input.
func catchAll(next string) catcher {
	return catcher{ErrorEquals: []string{everything}, ResultPath: "$.caught", Next: next}
}

// told adds the name of the error that led to the state.
func (s state) told() state {
	s.Parameters["caught.$"] = "$.caught.Error"
	return s
}

// then goes on with the first of what follows, or ends the run.
func (s state) then(nodes []node) state {
	if len(nodes) == 0 {
		s.End = true
	} else {
		s.Next = nodes[0].name
	}
	return s
}

func (m *machine) add(name string, s state) {
	m.States = append(m.States, struct {
		name string
		state
	}{name, s})
}

// MarshalJSON implements [json.Marshaler]: an object in the order of the states.
func (all states) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, s := range all {
		text, err := json.Marshal(s.state)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%c%q:%s", "{,"[min(i, 1)], s.name, text)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
