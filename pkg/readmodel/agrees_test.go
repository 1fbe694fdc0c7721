package readmodel_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/payment"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/fulfilments"
	"github.com/daybook-es/daybook/pkg/readmodel/orderdetails"
	"github.com/daybook-es/daybook/pkg/readmodel/orderlist"
	"github.com/daybook-es/daybook/pkg/readmodel/stocklevels"
	"github.com/daybook-es/daybook/pkg/saga"
)

// agrees checks the views against what the aggregates fold themselves.
func (h *history) agrees(t *rapid.T, rows readmodel.Store) {
	h.agreeOrders(t, rows)
	h.agreeStock(t, rows)
	h.agreeFulfilments(t, rows)
	h.agreeSales(t, rows)
	h.agreeReturns(t, rows)
}

// version is that of a stream, 0 where there is none.
func (h *history) version(category, id string) eventstore.Version {
	return h.ends[eventstore.StreamID{Tenant: "t", Category: category, ID: id}].Version()
}

func (h *history) agreeOrders(t *rapid.T, rows readmodel.Store) {
	var lines []orderlist.Line
	for _, id := range []string{"1", "2", "3"} {
		s := h.orders[id]
		d, ok, err := orderdetails.Find(context.Background(), rows, "t", id)
		if err != nil || ok != (s.Status != order.StatusNone) {
			t.Fatalf("order %s, %q: got %v, %v", id, s.Status, ok, err)
		}
		if !ok {
			continue
		}
		version := h.version(order.Category, id)
		got := order.State{Status: d.Status, CustomerID: d.CustomerID, Items: d.Items, Total: d.Total, PaymentMethod: s.PaymentMethod}
		if d.CancelReason != nil {
			got.CancelReason = *d.CancelReason
		}
		if !reflect.DeepEqual(got, s) || d.Version != version || !d.PlacedAt.Equal(h.placed[id]) {
			t.Fatalf("order %s: got %+v\nwant %+v at %d", id, d, s, version)
		}
		if want := h.payment(id); d.Payment != want {
			t.Fatalf("payment of %s: got %+v\nwant %+v", id, d.Payment, want)
		}
		if want := h.shipment(id); !reflect.DeepEqual(d.Shipment, want) {
			t.Fatalf("shipment of %s: got %+v\nwant %+v", id, d.Shipment, want)
		}
		lines = append(lines, orderlist.Line{
			ID: order.ID(id), CustomerID: s.CustomerID, Status: s.Status, Total: s.Total, Version: version, PlacedAt: h.placed[id],
		})
	}
	h.agreeLists(t, rows, lines)
}

// payment is what the details of an order are to show of its payment.
func (h *history) payment(id string) orderdetails.Payment {
	s, nothing := h.payments[id], domain.Money{Currency: h.orders[id].Total.Currency}
	shown := map[payment.Status]orderdetails.PaymentStatus{
		payment.StatusNone: "none", payment.StatusTaken: "none",
		payment.StatusCaptured: "captured", payment.StatusDeclined: "declined", payment.StatusRefunded: "refunded",
	}
	return orderdetails.Payment{Status: shown[s.Status], Captured: cmp.Or(s.Captured, nothing), Refunded: cmp.Or(s.Refunded, nothing)}
}

// shipment is what they are to show of its shipment.
func (h *history) shipment(id string) orderdetails.Shipment {
	s := h.shipments[id]
	want := orderdetails.Shipment{Status: cmp.Or(orderdetails.ShipmentStatus(s.Status), "none")}
	if s.TrackingNumber != "" {
		want.TrackingNumber = &s.TrackingNumber
	}
	if status := h.orders[id].Status; status == order.StatusDelivered || status == order.StatusReturned {
		want.Status = "delivered"
	}
	return want
}

func (h *history) agreeLists(t *rapid.T, rows readmodel.Store, lines []orderlist.Line) {
	slices.SortFunc(lines, func(a, b orderlist.Line) int {
		if c := b.PlacedAt.Compare(a.PlacedAt); c != 0 {
			return c
		}
		return -slices.Compare([]order.ID{a.ID}, []order.ID{b.ID})
	})
	for _, customer := range []order.CustomerID{"", "ada", "bob"} {
		for _, status := range []order.Status{"", order.StatusPending, order.StatusSubmitted, order.StatusConfirmed, order.StatusCancelling, order.StatusShipped, order.StatusDelivered, order.StatusReturned, order.StatusCancelled} {
			for _, day := range []orderlist.Day{"", "2026-11-23", "2026-11-24", "2026-11-25"} {
				want := slices.DeleteFunc(slices.Clone(lines), func(l orderlist.Line) bool {
					return customer != "" && l.CustomerID != customer || status != "" && l.Status != status ||
						day != "" && l.PlacedAt.Format(time.DateOnly) != string(day)
				})
				q := orderlist.Query{Customer: customer, Status: status, Day: day, Limit: 3}
				got, next, err := orderlist.List(context.Background(), rows, "t", q)
				if err != nil || next != nil || fmt.Sprint(got) != fmt.Sprint(want) {
					t.Fatalf("%+v: got %+v, %v, %v\nwant %+v", q, got, next, err, want)
				}
			}
		}
	}
}

func (h *history) agreeStock(t *rapid.T, rows readmodel.Store) {
	var levels []stocklevels.Level
	for _, id := range slices.Sorted(maps.Keys(h.stock)) {
		if s := h.stock[id]; s.Received {
			levels = append(levels, stocklevels.Level{
				ProductID: id, OnHand: s.OnHand, Reserved: s.ReservedTotal(), Available: s.Available(),
				Version: h.version(stock.Category, id),
			})
		}
	}
	got, _, err := stocklevels.List(context.Background(), rows, "t", readmodel.Place{}, 10)
	if err != nil || fmt.Sprint(got) != fmt.Sprint(levels) {
		t.Fatalf("stock: got %+v, %v\nwant %+v", got, err, levels)
	}
}

func (h *history) agreeFulfilments(t *rapid.T, rows readmodel.Store) {
	open, lines := []fulfilments.Open{}, map[saga.Status][]fulfilments.Line{}
	for _, id := range []string{"1", "2", "3"} {
		memo, submitted := h.memos[id], h.submitted[id]
		got, ok, err := fulfilments.Find(context.Background(), rows, "t", id)
		if err != nil || ok == submitted.at.IsZero() {
			t.Fatalf("fulfilment of %s, submitted at %v: got %v, %v", id, submitted.at, ok, err)
		}
		if !ok {
			continue
		}
		want := fulfilments.Fulfilment{Status: cmp.Or(memo.Status, saga.Running), Steps: []fulfilments.Step{}, Version: h.version(fulfilment.Category, id)}
		for _, o := range memo.Steps {
			step := fulfilments.Step{Name: o.Step, Status: o.Status, Attempts: o.Attempts, StartedAt: o.StartedAt, EndedAt: o.EndedAt}
			if o.Error != nil {
				step.Error = &fulfilments.Error{Code: o.Error.Code, Detail: o.Error.Detail}
			}
			want.Steps = append(want.Steps, step)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("fulfilment of %s: got %+v\nwant %+v", id, got, want)
		}
		line := fulfilments.Line{ID: order.ID(id), Status: want.Status, SubmittedAt: submitted.at, Version: want.Version, Steps: want.Steps}
		for _, in := range []saga.Status{"", want.Status} {
			lines[in] = append(lines[in], line)
		}
		if !memo.Status.Ended() && (memo.Status != "" || h.orders[id].Status != order.StatusCancelled) {
			open = append(open, fulfilments.Open{Run: saga.Run{ID: id, Correlation: submitted.correlation}, Status: want.Status, SubmittedAt: submitted.at})
		}
	}
	slices.SortStableFunc(open, func(a, b fulfilments.Open) int { return h.submitted[a.ID].at.Compare(h.submitted[b.ID].at) })
	got, next, err := fulfilments.ListOpen(context.Background(), rows, "t", readmodel.Place{}, 3)
	if err != nil || next != nil || !reflect.DeepEqual(got, open) {
		t.Fatalf("open: got %+v, %v, %v\nwant %+v", got, next, err, open)
	}
	for _, status := range []saga.Status{"", saga.Running, saga.Compensating, saga.Succeeded, saga.Compensated, saga.Stuck} {
		want := append([]fulfilments.Line{}, lines[status]...)
		slices.SortFunc(want, func(a, b fulfilments.Line) int {
			return cmp.Or(b.SubmittedAt.Compare(a.SubmittedAt), cmp.Compare(b.ID, a.ID))
		})
		got, next, err := fulfilments.List(context.Background(), rows, "t", fulfilments.Query{Status: status, Limit: 3})
		if err != nil || next != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: got %+v, %v, %v\nwant %+v", status, got, next, err, want)
		}
	}
}
