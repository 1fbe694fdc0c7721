package order_test

import (
	"testing"

	"github.com/daybook-es/daybook/pkg/domain/order"
)

func TestReturning(t *testing.T) {
	giveBack := order.Return{Reason: "it wobbles", At: noon}
	tell(
		t,
		story{Name: "a delivered order is returned, all of it", Given: arrived, When: giveBack, Then: []order.Event{returned}},
		story{
			Name: "each of its products", Given: []order.Event{order.Placed(of(lamp, desk)), submitted, confirmed, shipped, delivered}, When: giveBack,
			Then: []order.Event{order.Returned{
				Reason: "it wobbles", Goods: []order.Goods{{ProductID: "lamp", Quantity: 2}, {ProductID: "desk", Quantity: 1}}, At: noon,
			}},
		},
		story{Name: "once, and the first reason stays", Given: back, When: order.Return{Reason: "too bright", At: later}},
		story{Name: "nothing comes back that was never placed", When: giveBack, Err: order.ErrNotPlaced},
		story{Name: "nor what is on its way", Given: onItsWay, When: giveBack, Err: order.ErrNotDelivered},
		story{Name: "nor what has not left", Given: paid, When: giveBack, Err: order.ErrNotDelivered},
		story{Name: "nor what was never handed in", Given: pending, When: giveBack, Err: order.ErrNotDelivered},
		story{Name: "nor what was cancelled", Given: gone, When: giveBack, Err: order.ErrNotDelivered},
	)
}
