package live

import (
	"regexp"
	"slices"
	"strings"

	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/payment"
	"github.com/daybook-es/daybook/pkg/domain/shipment"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/fulfilment"
)

// A Topic is what somebody wants to be told of: one stream ("order/ord_1"), the
// orders of a customer ("customer/cust-1"), or [Everything].
type Topic string

// Everything is the topic of all streams of the tenant.
const Everything Topic = "all"

const customers = "customer"

var (
	categories = []string{order.Category, payment.Category, shipment.Category, stock.Category, fulfilment.Category}
	idForm     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}$`)
)

// CustomerTopic is the topic of a customer's orders.
func CustomerTopic(of order.CustomerID) Topic { return Topic(customers + "/" + string(of)) }

// StreamTopic is the topic of one stream. A category that nobody may look at, or
// an id that no client could have named, has none: it is empty.
func StreamTopic(s eventstore.StreamID) Topic {
	if t := Topic(s.Category + "/" + s.ID); t.check() == nil {
		return t
	}
	return ""
}

// OfCustomer reports whether the topic is the orders of a customer.
func (t Topic) OfCustomer() bool {
	kind, _ := t.parts()
	return kind == customers
}

func (t Topic) parts() (kind, id string) {
	kind, id, _ = strings.Cut(string(t), "/")
	return kind, id
}

// stream returns the stream that the topic is, if it is one.
func (t Topic) stream(tenant string) (eventstore.StreamID, bool) {
	kind, id := t.parts()
	return eventstore.StreamID{Tenant: tenant, Category: kind, ID: id}, t != Everything && !t.OfCustomer()
}

func (t Topic) check() error {
	kind, id := t.parts()
	if t == Everything || (kind == customers || slices.Contains(categories, kind)) && idForm.MatchString(id) {
		return nil
	}
	return refuse("topic.unknown", "there is no such topic; one is %q, %q, or a stream: one of %s, a slash and an id",
		Everything, "customer/<id>", strings.Join(categories, ", "))
}
