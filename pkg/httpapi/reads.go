package httpapi

import (
	"context"
	"strings"

	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/orderdetails"
	"github.com/daybook-es/daybook/pkg/readmodel/orderlist"
	"github.com/daybook-es/daybook/pkg/readmodel/stocklevels"
)

func (a *api) getOrder(c *call) (answer, error) {
	id := c.ids["id"]
	stream := eventstore.StreamID{Tenant: a.Tenant, Category: order.Category, ID: id}
	return a.show(c, stream, order.Placed{}, order.ErrNotPlaced, func(ctx context.Context) (sight, error) {
		d, _, err := orderdetails.Find(ctx, a.Views, a.Tenant, id)
		return sight{version: d.Version, body: d}, err
	})
}

func (a *api) getStock(c *call) (answer, error) {
	id := c.ids["productId"]
	stream := eventstore.StreamID{Tenant: a.Tenant, Category: stock.Category, ID: id}
	return a.show(c, stream, stock.Received{}, stock.ErrNotReceived, func(ctx context.Context) (sight, error) {
		l, _, err := stocklevels.Find(ctx, a.Views, a.Tenant, id)
		return sight{version: l.Version, body: l}, err
	})
}

func (a *api) listOrders(c *call) (answer, error) {
	q := orderlist.Query{Customer: order.CustomerID(c.query["customer"]), Status: order.Status(c.query["status"])}
	if _, given := c.query["customer"]; given && !idForm.ok(string(q.Customer)) {
		return answer{}, badQuery("customer: %s", idForm.says)
	}
	if _, given := c.query["status"]; given && !q.Status.Known() {
		return answer{}, badQuery("status: there is no such status")
	}
	if day, given := c.query["day"]; given {
		if _, err := c.query.day("day"); err != nil {
			return answer{}, err
		}
		q.Day = orderlist.Day(day)
	}
	of := scope{a.Tenant, "orders", string(q.Customer), string(q.Status), string(q.Day)}
	return pageOf(a, c, of, a.views(orderlist.View, order.Category), func(ctx context.Context, after readmodel.Place, limit int) ([]orderlist.Line, *readmodel.Place, error) {
		q.After, q.Limit = after, limit
		return orderlist.List(ctx, a.Views, a.Tenant, q)
	})
}

func (a *api) listStock(c *call) (answer, error) {
	in := a.views(stocklevels.View, stock.Category)
	return pageOf(a, c, scope{a.Tenant, "stock"}, in, func(ctx context.Context, after readmodel.Place, limit int) ([]stocklevels.Level, *readmodel.Place, error) {
		return stocklevels.List(ctx, a.Views, a.Tenant, after, limit)
	})
}

// pageOf answers with a page of a list, once it holds what is asked for.
func pageOf[T any](a *api, c *call, of scope, in backing, look func(ctx context.Context, after readmodel.Place, limit int) ([]T, *readmodel.Place, error)) (answer, error) {
	limit, err := c.query.limit()
	if err != nil {
		return answer{}, err
	}
	least, err := c.query.after(in.categories)
	if err != nil {
		return answer{}, err
	}
	var after readmodel.Place
	if cursor, given := c.query["cursor"]; given {
		place, err := of.place(cursor)
		if err != nil {
			return answer{}, err
		}
		after.Sort, after.ID, _ = strings.Cut(place, " ")
	}
	if err := a.reach(c.r.Context(), in, least); err != nil {
		return answer{}, err
	}
	items, next, err := look(c.r.Context(), after, limit)
	if err != nil {
		return answer{}, err
	}
	got := page[T]{Items: append([]T{}, items...)}
	if next != nil {
		got.Next = new(of.cursor(next.Sort + " " + next.ID))
	}
	return sayList(got)
}
