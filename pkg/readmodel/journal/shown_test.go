package journal_test

import (
	"encoding/json"
	"testing"

	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel/journal"
)

func TestAJournalShowsNoPersonAndNoSnapshot(t *testing.T) {
	for _, test := range []struct{ category, kind, data, want string }{
		{order.Category, order.Placed{}.EventType(), `{"customerId":"c","recipient":{"name":"Ada"},"total":9007199254740993}`, `{"customerId":"c","total":9007199254740993}`},
		{order.Category, order.Placed{}.EventType(), `["Ada"]`, `{}`},
		{order.Category, order.Submitted{}.EventType(), `{"recipient":1}`, `{"recipient":1}`},
		{"parcel", order.Placed{}.EventType(), `{"recipient":1}`, `{"recipient":1}`},
	} {
		of := eventstore.Commit{
			Stream:   eventstore.StreamID{Tenant: "t", Category: test.category, ID: "1"},
			Events:   []eventstore.Event{{Type: test.kind, Data: json.RawMessage(test.data)}},
			Snapshot: &eventstore.Snapshot{Schema: 1, Data: json.RawMessage(`{"name":"Ada"}`)},
		}
		got := journal.Shown(of)
		if data := string(got.Events[0].Data); data != test.want || got.Snapshot != nil {
			t.Errorf("%s %s: got %s, %v, want %s", test.kind, test.data, data, got.Snapshot, test.want)
		}
		if string(of.Events[0].Data) != test.data {
			t.Errorf("the commit that was shown is changed: %s", of.Events[0].Data)
		}
	}
}

// Whoever gives an event of orders a field that identifies a person gives it here
// too.
func TestWhatIsShownOfAPlacedOrderIsAllButItsRecipient(t *testing.T) {
	data, err := json.Marshal(order.Placed{Recipient: order.Recipient{Name: "Ada"}})
	if err != nil {
		t.Fatal(err)
	}
	var stored, shown map[string]json.RawMessage
	c := journal.Shown(eventstore.Commit{
		Stream: eventstore.StreamID{Tenant: "t", Category: order.Category, ID: "1"},
		Events: []eventstore.Event{{Type: order.Placed{}.EventType(), Data: data}},
	})
	if json.Unmarshal(data, &stored) != nil || json.Unmarshal(c.Events[0].Data, &shown) != nil {
		t.Fatal("no JSON")
	}
	if _, there := shown["recipient"]; there || len(shown) != len(stored)-1 {
		t.Errorf("of %s is shown %s", data, c.Events[0].Data)
	}
}
