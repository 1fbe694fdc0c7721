package console

import (
	"encoding/json"
	"slices"

	"github.com/daybook-es/daybook/pkg/saga"
)

// A drawing is what the page draws a process from.
type drawing struct {
	Steps []step `json:"steps"`
	Back  []undo `json:"back"` // in the order in which they run
}

type step struct {
	Name    string `json:"name"`
	Pivot   bool   `json:"pivot,omitempty"`
	MayFail bool   `json:"mayFail,omitempty"`
}

type undo struct {
	Name      string `json:"name"`
	TakesBack string `json:"takesBack"`
}

// Steps renders a process for the page: the same text for the same declaration.
func Steps(p saga.Process) ([]byte, error) {
	var d drawing
	for _, s := range p.Steps {
		d.Steps = append(d.Steps, step{s.Name, s.Pivot, s.MayFail})
	}
	for _, s := range slices.Backward(p.Steps) {
		if s.Compensation != "" {
			d.Back = append(d.Back, undo{s.Compensation, s.Name})
		}
	}
	return json.MarshalIndent(d, "", "  ")
}
