package httpapi

import (
	"context"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/fulfilments"
)

// getFulfilment answers from the view. Where that does not know the order yet,
// the order's own stream says whether it was submitted, and so is under way.
func (a *api) getFulfilment(c *call) (answer, error) {
	ctx, cancel := context.WithTimeout(c.r.Context(), patience)
	defer cancel()
	a.settle(ctx)
	got, there, err := fulfilments.Find(c.r.Context(), a.Views, a.Tenant, c.ids["id"])
	if err == nil && !there {
		stream := eventstore.StreamID{Tenant: a.Tenant, Category: order.Category, ID: c.ids["id"]}
		got = fulfilments.Begun
		there, err = a.exists(c.r.Context(), stream, order.Submitted{}.EventType())
	}
	if err != nil {
		return answer{}, err
	}
	if !there {
		return answer{}, errNotSubmitted
	}
	return sayTagged(sight{version: got.Version, body: got})
}

var errNotSubmitted = domain.RefuseMissing("fulfilment.not_submitted", "there is no such order, or it was not submitted")

func (a *api) listFulfilments(c *call) (answer, error) {
	q := fulfilments.Query{Status: fulfilments.Status(c.query["status"])}
	if _, given := c.query["status"]; given && !q.Status.Known() {
		return answer{}, badQuery("status: there is no such status")
	}
	in := a.views(fulfilments.View, order.Category, fulfilments.Category)
	return pageOf(a, c, scope{a.Tenant, "fulfilments", string(q.Status)}, in, func(ctx context.Context, after readmodel.Place, limit int) ([]fulfilments.Line, *readmodel.Place, error) {
		q.After, q.Limit = after, limit
		return fulfilments.List(ctx, a.Views, a.Tenant, q)
	})
}
