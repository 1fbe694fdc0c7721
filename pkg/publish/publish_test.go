package publish_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/payment"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/publish"
)

var ada = order.Recipient{Name: "Ada Lovelace", Line1: "12 St James Sq", City: "London", PostalCode: "SW1Y 4JH", Country: "GB", Email: "ada@example.com"}

// life returns the commits of an order, and of its payment, to which everything
// happened that may.
func life(t *testing.T) []eventstore.Commit {
	t.Helper()
	lamp := order.Item{ProductID: "product-1", Name: "Lamp", Quantity: 2, UnitPrice: domain.Money{Amount: 2999, Currency: "USD"}}
	reason := "the order was for " + ada.Name
	return []eventstore.Commit{
		commit[order.Event](t, order.Events, order.Category, "1", 1,
			order.Placed{CustomerID: "cust-1", Items: []order.Item{lamp}, Recipient: ada, PaymentMethod: "tok_ok", At: noon},
			order.ItemAdded{Item: lamp, At: noon}, order.ItemRemoved{ProductID: "product-1", At: noon}, order.ItemsReplaced{Items: []order.Item{lamp}, At: noon}),
		commit[order.Event](t, order.Events, order.Category, "1", 5, order.ItemAdded{Item: lamp, At: noon}, order.Submitted{At: noon}),
		commit[payment.Event](t, payment.Events, payment.Category, "1", 1,
			payment.Taken{Amount: lamp.UnitPrice, Method: "tok_ok", At: noon}, payment.Declined{Code: "no", Reason: reason, At: noon}, payment.Captured{Amount: lamp.UnitPrice, At: noon}),
		commit[order.Event](t, order.Events, order.Category, "1", 7,
			order.Confirmed{Payment: lamp.UnitPrice, At: noon}, order.Shipped{TrackingNumber: "T-1", At: noon}, order.Delivered{At: noon},
			order.Returned{Reason: reason, Goods: []order.Goods{{ProductID: "product-1", Quantity: 2}}, At: noon},
			order.CancelStarted{Reason: reason, At: noon}, order.Cancelled{Reason: reason, At: noon}),
		commit[payment.Event](t, payment.Events, payment.Category, "1", 4,
			payment.Refunded{At: noon}, payment.Refunded{Amount: domain.Money{Currency: "USD"}, At: noon}),
	}
}

func TestOfEachStreamThatIsPublishedWhichOthersMustKnow(t *testing.T) {
	b := new(bus)
	p, log := publisher(b)
	receipt := commit[stock.Event](t, stock.Events, stock.Category, "1", 1, stock.Received{Quantity: 1, At: noon})
	if err := p.Publish(t.Context(), append(life(t), receipt)...); err != nil {
		t.Fatal(err)
	}
	said := func(public, stream string, version eventstore.Version, correlation, data string) publish.Event {
		return publish.Event{
			Type: public, Tenant: "shop", Stream: stream, Version: version, At: noon.Add(time.Millisecond),
			Correlation: correlation, Data: json.RawMessage(data),
		}
	}
	want := [][]publish.Event{{
		said("OrderPlaced", "order/1", 1, "corr-1", `{"orderId":"1","customerId":"cust-1"}`),
		said("OrderSubmitted", "order/1", 6, "corr-2", `{"orderId":"1"}`),
		said("PaymentCaptured", "payment/1", 3, "corr-3", `{"orderId":"1","amount":{"amount":2999,"currency":"USD"}}`),
		said("OrderConfirmed", "order/1", 7, "corr-1", `{"orderId":"1","payment":{"amount":2999,"currency":"USD"}}`),
		said("OrderShipped", "order/1", 8, "corr-2", `{"orderId":"1","trackingNumber":"T-1"}`),
		said("OrderDelivered", "order/1", 9, "corr-3", `{"orderId":"1"}`),
		said("OrderReturned", "order/1", 10, "corr-4", `{"orderId":"1","goods":[{"productId":"product-1","quantity":2}]}`),
		said("OrderCancelled", "order/1", 12, "corr-6", `{"orderId":"1"}`),
		said("PaymentRefunded", "payment/1", 5, "corr-2", `{"orderId":"1","amount":{"amount":0,"currency":"USD"}}`),
	}}
	if !reflect.DeepEqual(b.calls, want) || log.Len() > 0 {
		t.Errorf("got %s\nwant %s\nlog: %s", text(t, b.calls), text(t, want), log)
	}
}

func text(t *testing.T, v any) []byte {
	t.Helper()
	said, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return said
}

func TestWhatIsPublishedNamesNoPerson(t *testing.T) {
	b := new(bus)
	p, _ := publisher(b)
	if err := p.Publish(t.Context(), life(t)...); err != nil {
		t.Fatal(err)
	}
	said := string(text(t, b.calls))
	person := reflect.ValueOf(ada)
	for i := range person.NumField() {
		field, _, _ := strings.Cut(person.Type().Field(i).Tag.Get("json"), ",")
		if strings.Contains(said, `"`+field+`"`) || strings.Contains(said, person.Field(i).String()) {
			t.Errorf("the %s of a person is published: %s", field, said)
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
