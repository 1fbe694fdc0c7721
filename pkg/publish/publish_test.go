package publish_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/publish"
)

var ada = order.Recipient{Name: "Ada Lovelace", Line1: "12 St James Sq", City: "London", PostalCode: "SW1Y 4JH", Country: "GB", Email: "ada@example.com"}

// life returns the commits of an order to which everything happened that may.
func life(t *testing.T) []eventstore.Commit {
	t.Helper()
	lamp := order.Item{ProductID: "product-1", Name: "Lamp", Quantity: 2, UnitPrice: domain.Money{Amount: 2999, Currency: "USD"}}
	return []eventstore.Commit{
		commit[order.Event](t, order.Events, order.Category, "1", 1,
			order.Placed{CustomerID: "cust-1", Items: []order.Item{lamp}, Recipient: ada, PaymentMethod: "tok_ok", At: noon},
			order.ItemAdded{Item: lamp, At: noon}, order.ItemRemoved{ProductID: "product-1", At: noon}, order.ItemsReplaced{Items: []order.Item{lamp}, At: noon}),
		commit[order.Event](t, order.Events, order.Category, "1", 5, order.ItemAdded{Item: lamp, At: noon}, order.Submitted{At: noon}),
		commit[order.Event](t, order.Events, order.Category, "1", 7,
			order.Confirmed{Payment: lamp.UnitPrice, At: noon}, order.Shipped{TrackingNumber: "T-1", At: noon}, order.Delivered{At: noon},
			order.CancelStarted{Reason: "late", At: noon}, order.Cancelled{Reason: "late", At: noon}),
	}
}

func TestThatAnOrderIsSubmittedIsPublishedAndNothingElse(t *testing.T) {
	b := new(bus)
	p, log := publisher(b)
	receipt := commit[stock.Event](t, stock.Events, stock.Category, "1", 1, stock.Received{Quantity: 1, At: noon})
	if err := p.Publish(t.Context(), append(life(t), receipt)...); err != nil {
		t.Fatal(err)
	}
	want := [][]publish.Event{{{
		Type: "OrderSubmitted", Tenant: "shop", Stream: "order/1", Version: 6, At: noon.Add(time.Millisecond), Correlation: "corr-2",
		Data: json.RawMessage(`{"orderId":"1"}`),
	}}}
	if !reflect.DeepEqual(b.calls, want) || log.Len() > 0 {
		t.Errorf("got %+v\nwant %+v\nlog: %s", b.calls, want, log)
	}
}

func TestWhatIsPublishedNamesNoPerson(t *testing.T) {
	b := new(bus)
	p, _ := publisher(b)
	if err := p.Publish(t.Context(), life(t)...); err != nil {
		t.Fatal(err)
	}
	said, err := json.Marshal(b.calls)
	if err != nil || len(b.calls) == 0 {
		t.Fatalf("%d calls, %v", len(b.calls), err)
	}
	person := reflect.ValueOf(ada)
	for i := range person.NumField() {
		field, _, _ := strings.Cut(person.Type().Field(i).Tag.Get("json"), ",")
		if strings.Contains(string(said), `"`+field+`"`) || strings.Contains(string(said), person.Field(i).String()) {
			t.Errorf("the %s of a person is published: %s", field, said)
		}
	}
}

func TestWhatCannotBeReadIsLoggedAndHoldsBackNothing(t *testing.T) {
	b := new(bus)
	p, log := publisher(b)
	unknown, broken := submitted(t, 1)[0], submitted(t, 1)[0]
	unknown.Stream.ID, unknown.Events[0].Type = "of-tomorrow", "order.gift_wrapped.v1"
	broken.Stream.ID, broken.Events[0].Data = "broken", json.RawMessage(`{"at":"secret"}`)
	broken.Events = append(broken.Events, submitted(t, 1)[0].Events...)
	if err := p.Publish(t.Context(), append([]eventstore.Commit{unknown, broken}, submitted(t, 2)...)...); err != nil {
		t.Fatal(err)
	}
	if got, want := b.said(), "broken@3 1@2 2@2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for line, want := range map[string]int{"level=ERROR": 2, "stream=shop/order/of-tomorrow version=2 ": 1, "stream=shop/order/broken version=2 ": 1} {
		if strings.Count(log.String(), line) != want {
			t.Errorf("%q is not in the log %d times: %s", line, want, log)
		}
	}
}

func TestWhatWasStoredInAnOldFormIsPublishedAsToday(t *testing.T) {
	type old struct{}
	registry := domain.NewRegistry[order.Event](order.Submitted{}).With(
		domain.Upcast("order.sent_in.v1", func(old) order.Event { return order.Submitted{} }))
	b := new(bus)
	p := publish.New(b, nil, publish.From(order.Category, registry, publish.On("OrderSubmitted", func(order.Submitted, eventstore.Recorded) any { return "it was" })))
	c := submitted(t, 1)[0]
	c.Events[0].Type = "order.sent_in.v1"
	if err := p.Publish(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if b.said() != "1@2" || string(b.calls[0][0].Data) != `"it was"` {
		t.Errorf("got %+v", b.calls)
	}
}

func TestWhatHasNoJSONIsLoggedAndHoldsBackNothing(t *testing.T) {
	b, log := new(bus), new(bytes.Buffer)
	p := publish.New(b, logTo(log), publish.From(order.Category, order.Events, publish.On("OrderSubmitted", func(_ order.Submitted, r eventstore.Recorded) any {
		if r.Stream.ID == "1" {
			return make(chan int)
		}
		return nil
	})))
	if err := p.Publish(t.Context(), submitted(t, 2)...); err != nil || b.said() != "2@2" || strings.Count(log.String(), "level=ERROR") != 1 {
		t.Errorf("got %s, %v; log: %s", b.said(), err, log)
	}
}

func TestAMistakeInWhatIsToBePublishedPanics(t *testing.T) {
	rule := publish.On("OrderSubmitted", func(order.Submitted, eventstore.Recorded) any { return nil })
	for name, build := range map[string]func(){
		"two sources of a category":                  func() { publish.New(new(bus), nil, publish.Orders(), publish.Orders()) },
		"two rules for an event":                     func() { publish.From(order.Category, order.Events, rule, rule) },
		"a rule for what the registry does not know": func() { publish.From(stock.Category, stock.Events, rule) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("it was taken")
				}
			}()
			build()
		})
	}
}
