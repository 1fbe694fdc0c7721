package historytest

import (
	"context"
	"slices"

	"pgregory.net/rapid"

	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/orderdetails"
)

// agreeReturns checks what the details say of a return, and which returns have
// something left to do.
func (h *History) agreeReturns(t *rapid.T, rows readmodel.Store) {
	var open []order.ID
	for _, id := range h.ids {
		d, ok, err := orderdetails.Find(context.Background(), rows, h.Tenant, id)
		if err != nil || !ok {
			continue
		}
		want, there := h.returned[id]
		if there != (d.ReturnedAt != nil) || there && (!d.ReturnedAt.Equal(want.At) || *d.ReturnReason != want.Reason) {
			t.Fatalf("return of %s: got %v, %v\nwant %+v", id, d.ReturnedAt, d.ReturnReason, want)
		}
		restocked, ended := h.restocked[id]
		if ended != (d.RestockedAt != nil) || ended && !d.RestockedAt.Equal(restocked) {
			t.Fatalf("restock of %s: got %v\nwant %v", id, d.RestockedAt, restocked)
		}
		if there && (!ended || !h.payments[id].Closed) {
			open = append(open, order.ID(id))
		}
	}
	slices.SortStableFunc(open, func(a, b order.ID) int { return h.returned[string(a)].At.Compare(h.returned[string(b)].At) })
	list(t, "returning orders", open, func(after readmodel.Place) ([]order.ID, *readmodel.Place, error) {
		return orderdetails.ListReturning(context.Background(), rows, h.Tenant, after, h.page())
	})
}
