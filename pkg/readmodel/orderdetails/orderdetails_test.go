package orderdetails_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/orderdetails"
)

func at(hour int) time.Time { return time.Date(2026, 11, 24, hour, 30, 0, 0, time.UTC) }

var (
	lamp = order.Item{ProductID: "product-1", Name: "Lamp", Quantity: 2, UnitPrice: usd(2999)}
	bulb = order.Item{ProductID: "product-2", Quantity: 1, UnitPrice: usd(500)}
	ada  = order.Recipient{Name: "Ada", Line1: "1 Main St", City: "London", PostalCode: "SW1Y 4JH", Country: "GB", Email: "ada@example.com"}
)

func usd(cents int64) domain.Money { return domain.Money{Amount: cents, Currency: "USD"} }

func place(r order.Recipient, items ...order.Item) order.Command {
	return order.Place{CustomerID: "cust-1", Items: items, Recipient: r, PaymentMethod: "tok_ok", At: at(8)}
}

// view gives the commands to the order and folds what they lead to.
func view(ctx context.Context, commands ...order.Command) (readmodel.Store, error) {
	store, rows := new(memstore.Store), boltstore.NewViews()
	loop := command.New(store, "t", order.Aggregate)
	for _, c := range commands {
		if _, err := loop.Do(ctx, "ord_1", command.Request{}, c); err != nil {
			return nil, fmt.Errorf("%T: %w", c, err)
		}
	}
	details := orderdetails.New(rows, store)
	for c, err := range store.Scan(ctx, 0, 1) {
		if err != nil {
			return nil, err
		}
		if err := details.Apply(ctx, c); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func TestDetailsAreTheWiresJSON(t *testing.T) {
	nobody := ada
	nobody.Email = ""
	for name, c := range map[string]struct {
		when []order.Command
		want string
	}{
		"a pending order has nulls and an empty payment": {
			[]order.Command{place(nobody, lamp)},
			`{"id":"ord_1","customerId":"cust-1","status":"pending",
			"items":[{"productId":"product-1","name":"Lamp","quantity":2,"unitPrice":{"amount":2999,"currency":"USD"}}],
			"total":{"amount":5998,"currency":"USD"},
			"recipient":{"name":"Ada","line1":"1 Main St","city":"London","postalCode":"SW1Y 4JH","country":"GB","email":null},
			"payment":{"status":"none","captured":{"amount":0,"currency":"USD"},"refunded":{"amount":0,"currency":"USD"}},
			"shipment":{"status":"none","trackingNumber":null},
			"cancelReason":null,"version":1,
			"placedAt":"2026-11-24T08:30:00Z","submittedAt":null,"confirmedAt":null,"shippedAt":null,"deliveredAt":null,"cancelledAt":null}`,
		},
		"a delivered order has its items and times": {
			[]order.Command{
				place(ada, lamp),
				order.AddItem{Item: bulb, At: at(9)},
				order.AddItem{Item: bulb, At: at(9)},
				order.RemoveItem{ProductID: "product-1", At: at(9)},
				order.Submit{At: at(10)},
				order.Confirm{Payment: usd(1000), At: at(11)},
				order.Ship{TrackingNumber: "T-1", At: at(12)},
				order.Deliver{At: at(13)},
			},
			`{"id":"ord_1","customerId":"cust-1","status":"delivered",
			"items":[{"productId":"product-2","quantity":2,"unitPrice":{"amount":500,"currency":"USD"}}],
			"total":{"amount":1000,"currency":"USD"},
			"recipient":{"name":"Ada","line1":"1 Main St","city":"London","postalCode":"SW1Y 4JH","country":"GB","email":"ada@example.com"},
			"payment":{"status":"none","captured":{"amount":0,"currency":"USD"},"refunded":{"amount":0,"currency":"USD"}},
			"shipment":{"status":"delivered","trackingNumber":null},
			"cancelReason":null,"version":8,
			"placedAt":"2026-11-24T08:30:00Z","submittedAt":"2026-11-24T10:30:00Z","confirmedAt":"2026-11-24T11:30:00Z",
			"shippedAt":"2026-11-24T12:30:00Z","deliveredAt":"2026-11-24T13:30:00Z","cancelledAt":null}`,
		},
		"a cancelled order has its reason, and the currency of its last items": {
			[]order.Command{
				place(ada, lamp),
				order.ReplaceItems{Items: []order.Item{{ProductID: "p", Quantity: 1, UnitPrice: domain.Money{Amount: 7, Currency: "EUR"}}}, At: at(9)},
				order.Submit{At: at(10)},
				order.BeginCancel{Reason: "late", At: at(11)},
				order.EndCancel{At: at(12)},
			},
			`{"id":"ord_1","customerId":"cust-1","status":"cancelled",
			"items":[{"productId":"p","quantity":1,"unitPrice":{"amount":7,"currency":"EUR"}}],
			"total":{"amount":7,"currency":"EUR"},
			"recipient":{"name":"Ada","line1":"1 Main St","city":"London","postalCode":"SW1Y 4JH","country":"GB","email":"ada@example.com"},
			"payment":{"status":"none","captured":{"amount":0,"currency":"EUR"},"refunded":{"amount":0,"currency":"EUR"}},
			"shipment":{"status":"none","trackingNumber":null},
			"cancelReason":"late","version":5,
			"placedAt":"2026-11-24T08:30:00Z","submittedAt":"2026-11-24T10:30:00Z","confirmedAt":null,"shippedAt":null,"deliveredAt":null,
			"cancelledAt":"2026-11-24T12:30:00Z"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := view(t.Context(), c.when...)
			if err != nil {
				t.Fatal(err)
			}
			d, ok, err := orderdetails.Find(t.Context(), rows, "t", "ord_1")
			if err != nil || !ok {
				t.Fatalf("got %v, %v", ok, err)
			}
			got, err := json.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			var want bytes.Buffer
			if err := json.Compact(&want, []byte(c.want)); err != nil {
				t.Fatal(err)
			}
			if string(got) != want.String() {
				t.Errorf("got  %s\nwant %s", got, want.String())
			}
		})
	}
}

func TestAnOrderThatNobodyPlacedIsNotFound(t *testing.T) {
	rows, err := view(t.Context(), place(ada, lamp))
	if err != nil {
		t.Fatal(err)
	}
	for _, of := range [][2]string{{"t", "ord_2"}, {"other", "ord_1"}} {
		if d, ok, err := orderdetails.Find(t.Context(), rows, of[0], of[1]); ok || err != nil {
			t.Errorf("%v: got %v, %v", of, d, err)
		}
	}
}

func TestARowThatCannotBeReadIsAFault(t *testing.T) {
	rows := boltstore.NewViews()
	row := readmodel.Row{
		Key:     readmodel.Key{View: orderdetails.View, Tenant: "t", ID: "1"},
		Applied: map[string]eventstore.Position{}, Data: []byte(`[]`),
	}
	if err := rows.Put(t.Context(), row); err != nil {
		t.Fatal(err)
	}
	if d, ok, err := orderdetails.Find(t.Context(), rows, "t", "1"); ok || err == nil {
		t.Errorf("got %v, %v", d, err)
	}
}

func Example() {
	ctx := context.Background()
	rows, _ := view(ctx, place(ada, lamp, bulb), order.Submit{At: at(9)})
	d, ok, err := orderdetails.Find(ctx, rows, "t", "ord_1")
	fmt.Println(d.Status, d.Total.Amount, len(d.Items), d.Version, ok, err)
	// Output: submitted 6498 2 2 true <nil>
}
