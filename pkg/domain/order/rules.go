package order

import (
	"slices"

	"github.com/daybook-es/daybook/pkg/domain"
)

// Refusals of items.
var (
	ErrNoItems         = domain.Refuse("order.no_items", "an order needs an item")
	ErrTooManyItems    = domain.Refuse("order.too_many_items", "an order has at most 100 items")
	ErrNoProduct       = domain.Refuse("order.no_product", "an item needs a product")
	ErrProductTwice    = domain.Refuse("order.product_twice", "a product is in the order twice")
	ErrQuantity        = domain.Refuse("order.quantity", "a quantity is from 1 to 1,000,000")
	ErrPrice           = domain.Refuse("order.price", "a price is from 0 to 10^12 minor units, in a currency of ISO 4217")
	ErrMixedCurrencies = domain.Refuse("order.mixed_currencies", "an order has one currency")
)

// check returns a refusal unless an order can be for these items.
func check(items []Item) error {
	if len(items) == 0 {
		return ErrNoItems
	}
	if len(items) > MaxItems {
		return ErrTooManyItems
	}
	for i, item := range items {
		if err := checkItem(item); err != nil {
			return err
		}
		if find(items[:i], item.ProductID) >= 0 {
			return ErrProductTwice.With("%s", item.ProductID)
		}
		if item.UnitPrice.Currency != items[0].UnitPrice.Currency {
			return ErrMixedCurrencies.With("%s and %s", items[0].UnitPrice.Currency, item.UnitPrice.Currency)
		}
	}
	_, err := total(items)
	return err
}

func checkItem(i Item) error {
	switch {
	case i.ProductID == "":
		return ErrNoProduct
	case i.Quantity < 1 || i.Quantity > MaxQuantity:
		return ErrQuantity.With("%d of %s", i.Quantity, i.ProductID)
	case i.UnitPrice.Amount < 0 || i.UnitPrice.Amount > MaxPrice || !i.UnitPrice.Currency.Valid():
		return ErrPrice.With("%s", i.ProductID)
	}
	return nil
}

// total sums the items up, or refuses with [domain.ErrOverflow].
func total(items []Item) (domain.Money, error) {
	if len(items) == 0 {
		return domain.Money{}, nil
	}
	sum := domain.Money{Currency: items[0].UnitPrice.Currency}
	for _, i := range items {
		line, err := i.UnitPrice.Times(i.Quantity)
		if err == nil {
			sum, err = sum.Plus(line)
		}
		if err != nil {
			return domain.Money{}, err
		}
	}
	return sum, nil
}

// paymentMethods are the sandbox's, in the manner of card networks' test
// numbers: each behaves as its name says.
var paymentMethods = []PaymentMethod{
	"tok_ok", "tok_flaky", "tok_declined", "tok_insufficient_funds", "tok_timeout_after_charge", "tok_refund_flaky",
}

func (m PaymentMethod) known() bool { return slices.Contains(paymentMethods, m) }
