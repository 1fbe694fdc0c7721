package queue

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/daybook-es/daybook/pkg/publish"
)

// source is that of our events on the bus; see package eventbridgebus.
const source = "daybook"

// Read reads an event, of one of the types, that a rule put into a queue. It says
// nothing of its data, nor whose it is.
func Read(body []byte, public ...string) (e publish.Event, err error) {
	var envelope events.EventBridgeEvent
	if err := json.Unmarshal(body, &envelope); err != nil {
		return e, err
	}
	if envelope.Version != "0" || envelope.Source != source || !slices.Contains(public, envelope.DetailType) {
		return e, fmt.Errorf("it is %q of %q in version %q, and only %s of %q in version \"0\" belongs here",
			envelope.DetailType, envelope.Source, envelope.Version, strings.Join(public, ", "), source)
	}
	if err := json.Unmarshal(envelope.Detail, &e); err != nil {
		return e, fmt.Errorf("its detail: %w", err)
	}
	return e, nil
}
