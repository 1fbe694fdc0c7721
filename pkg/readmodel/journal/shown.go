package journal

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// recipient is the field that identifies a person, of the one event that has it.
const recipient = "recipient"

// Shown returns the commit as a journal shows it: without its snapshot, and
// without what identifies a person. The journal is all of a tenant in one flow,
// which is copied and pushed about; who needs to know whom an order is for asks
// for that order.
func Shown(c eventstore.Commit) eventstore.Commit {
	c.Snapshot = nil
	if c.Stream.Category != order.Category {
		return c
	}
	for i, e := range c.Events {
		if e.Type != (order.Placed{}).EventType() {
			continue
		}
		c.Events = slices.Clone(c.Events)
		c.Events[i].Data = without(e.Data, recipient)
	}
	return c
}

func without(data json.RawMessage, field string) json.RawMessage {
	var fields map[string]json.RawMessage
	if json.Unmarshal(data, &fields) != nil {
		return json.RawMessage("{}") // what cannot be read may hold anything
	}
	delete(fields, field)
	data, err := json.Marshal(fields)
	if err != nil {
		panic(fmt.Sprintf("journal: JSON that was read has no JSON: %v", err)) // it always has
	}
	return data
}
