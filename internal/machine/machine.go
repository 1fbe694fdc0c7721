// Package machine runs the saga on Step Functions: the state machine that is
// rendered from its declaration decides what comes next, and the functions here
// start it, make its attempts, and notice where it stopped.
package machine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/saga"
)

// What the log says when something comes of which nothing can be made. Alarms
// and operators look for it.
const (
	// SenselessAttempt is about what the state machine asked for.
	SenselessAttempt = "attempt makes no sense"
	// RunStuck is about a run that came to no end, and does not go on by itself.
	RunStuck = "run stuck"
)

// strict decodes one JSON value that has no field but those of v.
func strict(text []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows it")
	}
	return nil
}

// readRun reads the input of an execution.
func readRun(input []byte) (run saga.Run, err error) {
	if err := strict(input, &run); err != nil {
		return run, fmt.Errorf("the execution's input names no run: %w", err)
	}
	return run, named(run)
}

// named returns an error when no order can have the run's id.
func named(run saga.Run) error {
	if _, err := eventstore.ParseStreamID("any/" + fulfilment.Category + "/" + run.ID); err != nil {
		return fmt.Errorf("it names no run: %w", err)
	}
	return nil
}
