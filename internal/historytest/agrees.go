package historytest

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
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/fulfilments"
	"github.com/daybook-es/daybook/pkg/readmodel/orderdetails"
	"github.com/daybook-es/daybook/pkg/readmodel/orderlist"
	"github.com/daybook-es/daybook/pkg/readmodel/sales"
	"github.com/daybook-es/daybook/pkg/readmodel/stocklevels"
)

// Agrees checks the views whose rows these are against what the aggregates fold
// themselves.
func (h *History) Agrees(t *rapid.T, rows readmodel.Store) {
	h.agreeOrders(t, rows)
	h.agreeStock(t, rows)
	h.agreeFulfilments(t, rows)
	h.agreeSales(t, rows)
	h.agreeReturns(t, rows)
	h.agreeGuards(t, rows)
}

// agreeGuards checks that what a row says it has folded in is all that there is.
func (h *History) agreeGuards(t *rapid.T, rows readmodel.Store) {
	for _, view := range []string{orderdetails.View, orderlist.View, stocklevels.View, fulfilments.View, sales.View} {
		for _, id := range h.ids {
			row, err := rows.Get(context.Background(), readmodel.Key{View: view, Tenant: h.Tenant, ID: id})
			if err != nil {
				t.Fatal(err)
			}
			for category, at := range row.Applied {
				if want := h.ends[eventstore.StreamID{Tenant: h.Tenant, Category: category, ID: id}]; at.Version() != want.Version() {
					t.Fatalf("%s of %s has folded %s to version %d, of %d", view, id, category, at.Version(), want.Version())
				}
			}
		}
	}
}

func (h *History) agreeOrders(t *rapid.T, rows readmodel.Store) {
	var lines []orderlist.Line
	for _, id := range h.ids {
		s := h.orders[id]
		d, ok, err := orderdetails.Find(context.Background(), rows, h.Tenant, id)
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
		if !reflect.DeepEqual(got, s) || d.Version != version || !d.PlacedAt.Equal(h.placed[id].At) {
			t.Fatalf("order %s: got %s\nwant %s at %d", id, text(d), text(s), version)
		}
		if want := h.payment(id); d.Payment != want {
			t.Fatalf("payment of %s: got %s\nwant %s", id, text(d.Payment), text(want))
		}
		if want := h.shipment(id); !reflect.DeepEqual(d.Shipment, want) {
			t.Fatalf("shipment of %s: got %s\nwant %s", id, text(d.Shipment), text(want))
		}
		lines = append(lines, h.line(id))
	}
	h.agreeLists(t, rows, lines)
}

// line is what lists are to show of an order.
func (h *History) line(id string) orderlist.Line {
	s := h.orders[id]
	return orderlist.Line{
		ID: order.ID(id), CustomerID: s.CustomerID, Status: s.Status, Total: s.Total, Version: h.version(order.Category, id), PlacedAt: h.placed[id].At,
	}
}

// newestFirst is the order of lists of orders.
func newestFirst(a, b orderlist.Line) int {
	return cmp.Or(b.PlacedAt.Compare(a.PlacedAt), cmp.Compare(b.ID, a.ID))
}

// payment is what the details of an order are to show of its payment.
func (h *History) payment(id string) orderdetails.Payment {
	s, nothing := h.payments[id], domain.Money{Currency: h.orders[id].Total.Currency}
	shown := map[payment.Status]orderdetails.PaymentStatus{
		payment.StatusNone: "none", payment.StatusTaken: "none",
		payment.StatusCaptured: "captured", payment.StatusDeclined: "declined", payment.StatusRefunded: "refunded",
	}
	return orderdetails.Payment{Status: shown[s.Status], Captured: cmp.Or(s.Captured, nothing), Refunded: cmp.Or(s.Refunded, nothing)}
}

// shipment is what they are to show of its shipment.
func (h *History) shipment(id string) orderdetails.Shipment {
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

func (h *History) agreeLists(t *rapid.T, rows readmodel.Store, lines []orderlist.Line) {
	slices.SortFunc(lines, newestFirst)
	for _, customer := range append([]order.CustomerID{""}, customers...) {
		for _, status := range []order.Status{"", order.StatusPending, order.StatusSubmitted, order.StatusConfirmed, order.StatusCancelling, order.StatusShipped, order.StatusDelivered, order.StatusReturned, order.StatusCancelled} {
			for _, day := range []orderlist.Day{"", "2026-11-23", "2026-11-24", "2026-11-25"} {
				want := slices.DeleteFunc(slices.Clone(lines), func(l orderlist.Line) bool {
					return customer != "" && l.CustomerID != customer || status != "" && l.Status != status ||
						day != "" && l.PlacedAt.Format(time.DateOnly) != string(day)
				})
				list(t, fmt.Sprintf("orders of %q in %q on %q", customer, status, day), want, func(after readmodel.Place) ([]orderlist.Line, *readmodel.Place, error) {
					return orderlist.List(context.Background(), rows, h.Tenant, orderlist.Query{Customer: customer, Status: status, Day: day, After: after, Limit: h.page()})
				})
			}
		}
	}
}

func (h *History) agreeStock(t *rapid.T, rows readmodel.Store) {
	var levels []stocklevels.Level
	for _, id := range slices.Sorted(maps.Keys(h.stock)) {
		if s := h.stock[id]; s.Received {
			levels = append(levels, stocklevels.Level{
				ProductID: id, OnHand: s.OnHand, Reserved: s.ReservedTotal(), Available: s.Available(),
				Version: h.version(stock.Category, id),
			})
		}
	}
	list(t, "stock", levels, func(after readmodel.Place) ([]stocklevels.Level, *readmodel.Place, error) {
		return stocklevels.List(context.Background(), rows, h.Tenant, after, h.page())
	})
}
