package historytest

import (
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/payment"
	"github.com/daybook-es/daybook/pkg/domain/restock"
	"github.com/daybook-es/daybook/pkg/domain/shipment"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/saga"
)

// customers are all that there are.
var customers = []order.CustomerID{"ada", "bob"}

func orderCommand(t *rapid.T, now time.Time) order.Command {
	item := func() order.Item {
		return order.Item{
			ProductID: order.ProductID(rapid.SampledFrom([]string{"p-1", "p-2", "p-3"}).Draw(t, "product")),
			Name:      rapid.SampledFrom([]string{"", "Lamp", "Desk lamp"}).Draw(t, "name"),
			Quantity:  rapid.Int64Range(1, 3).Draw(t, "quantity"),
			UnitPrice: domain.Money{Amount: 100, Currency: rapid.SampledFrom([]domain.Currency{"USD", "USD", "EUR"}).Draw(t, "currency")},
		}
	}
	place := func() order.Command {
		// At noon, or about the midnight at which the day ends.
		now := now.Add(time.Duration(rapid.IntRange(0, 1).Draw(t, "half days")) * 12 * time.Hour)
		to := order.Recipient{
			Name:  rapid.SampledFrom([]string{"Ada", "Grace Hopper"}).Draw(t, "recipient"),
			Email: rapid.SampledFrom([]string{"", "ada@example.com"}).Draw(t, "email"),
		}
		return order.Place{CustomerID: rapid.SampledFrom(customers).Draw(t, "customer"), Items: []order.Item{item()}, Recipient: to, PaymentMethod: "tok_ok", At: now}
	}
	commands := []func() order.Command{
		place,
		func() order.Command { return order.AddItem{Item: item(), At: now} },
		func() order.Command { return order.RemoveItem{ProductID: item().ProductID, At: now} },
		func() order.Command { return order.ReplaceItems{Items: []order.Item{item()}, At: now} },
		func() order.Command { return order.Submit{At: now} },
		func() order.Command { return order.BeginCancel{Reason: "late", At: now} },
		func() order.Command { return order.Cancel{Reason: "changed my mind", At: now} },
		func() order.Command { return order.EndCancel{At: now} },
		func() order.Command {
			return order.Confirm{Payment: domain.Money{Amount: 100 * rapid.Int64Range(1, 3).Draw(t, "paid"), Currency: "USD"}, At: now}
		},
		func() order.Command { return order.Ship{TrackingNumber: "T-1", At: now} },
		func() order.Command { return order.Deliver{At: now} },
		func() order.Command { return order.Return{Reason: "it wobbles", At: now} },
	}
	return rapid.SampledFrom(commands).Draw(t, "command")()
}

func paymentCommand(t *rapid.T, now time.Time) payment.Command {
	amount := domain.Money{
		Amount: 100 * rapid.Int64Range(0, 2).Draw(t, "amount"), Currency: rapid.SampledFrom([]domain.Currency{"USD", "USD", "EUR"}).Draw(t, "currency"),
	}
	return rapid.SampledFrom([]payment.Command{
		payment.Take{Amount: amount, Method: "tok_ok", At: now},
		payment.Capture{Amount: amount, At: now},
		payment.Decline{Code: "card_declined", Reason: "no", At: now},
		payment.Refund{At: now},
		payment.Refund{Charged: amount, At: now},
	}).Draw(t, "command")
}

func restockCommand(t *rapid.T, now time.Time) restock.Command {
	return rapid.SampledFrom([]restock.Command{
		restock.Begin{Goods: []restock.Goods{{ProductID: "p-1", Quantity: 1, Since: 1}}, At: now},
		restock.End{At: now},
	}).Draw(t, "command")
}

func shipmentCommand(t *rapid.T, now time.Time) shipment.Command {
	number := rapid.SampledFrom([]string{"T-1", "T-2"}).Draw(t, "tracking number")
	return rapid.SampledFrom([]shipment.Command{
		shipment.Arrange{TrackingNumber: number, At: now},
		shipment.Dispatch{At: now},
		shipment.Cancel{At: now},
		shipment.Cancel{TrackingNumber: number, At: now},
	}).Draw(t, "command")
}

// endOfAStep is any, whether a run could come to it or not.
func endOfAStep(t *rapid.T, now time.Time) domain.Command[saga.Memo, saga.Event] {
	r := saga.Record{
		Outcome: saga.Outcome{
			Step:     rapid.SampledFrom([]string{"ReserveStock", "TakePayment", "RefundPayment", "ReleaseStock"}).Draw(t, "step"),
			Status:   rapid.SampledFrom([]saga.StepStatus{saga.StepSucceeded, saga.StepRefused, saga.StepFailed}).Draw(t, "end"),
			Attempts: rapid.IntRange(1, 3).Draw(t, "attempts"), StartedAt: now, EndedAt: now.Add(time.Second),
		},
		Run:  rapid.SampledFrom([]saga.Status{saga.Running, saga.Running, saga.Compensating, saga.Succeeded, saga.Compensated, saga.Stuck}).Draw(t, "run"),
		Back: rapid.Bool().Draw(t, "back"),
	}
	if r.Status != saga.StepSucceeded {
		r.Error = &saga.Failure{Step: r.Step, Code: "payment.declined", Detail: "the payment was declined"}
	}
	return r
}

func (h *History) stockCommand(t *rapid.T, now time.Time) stock.Command {
	of := stock.OrderID(rapid.SampledFrom(append(slices.Clone(h.ids), "none")).Draw(t, "for"))
	n := rapid.Int64Range(1, 5).Draw(t, "pieces")
	return rapid.SampledFrom([]stock.Command{
		stock.Receive{Quantity: n, At: now},
		stock.Reserve{OrderID: of, Quantity: n, Entered: now, At: now},
		stock.Release{OrderID: of, Entered: now, At: now},
		stock.Fulfil{OrderID: of, Entered: now, At: now},
	}).Draw(t, "command")
}
