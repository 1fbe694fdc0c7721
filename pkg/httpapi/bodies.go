package httpapi

import (
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
)

const (
	largestQuantity = 1_000_000
	largestAmount   = 1_000_000_000_000
	mostItems       = 100
)

func placeRule(c *order.Place) rule {
	return object(
		required("customerId", text(&c.CustomerID, idForm)),
		optional("customerEmail", text(&c.Recipient.Email, emailForm)),
		required("items", itemsRule(&c.Items)),
		required("shippingAddress", object(
			required("name", text(&c.Recipient.Name, nameForm)),
			required("line1", text(&c.Recipient.Line1, nameForm)),
			required("city", text(&c.Recipient.City, nameForm)),
			required("postalCode", text(&c.Recipient.PostalCode, nameForm)),
			required("country", text(&c.Recipient.Country, countryForm)),
		)),
		required("paymentMethod", text(&c.PaymentMethod, anyForm)),
	)
}

func itemRule(i *order.Item) rule {
	return object(
		required("productId", text(&i.ProductID, idForm)),
		optional("name", text(&i.Name, nameForm)),
		required("quantity", integer(&i.Quantity, 1, largestQuantity)),
		required("unitPrice", moneyRule(&i.UnitPrice)),
	)
}

func moneyRule(m *domain.Money) rule {
	return object(
		required("amount", integer(&m.Amount, 0, largestAmount)),
		required("currency", text(&m.Currency, currencyForm)),
	)
}

// itemsRule reads the items of one order: each product once, one currency.
func itemsRule(items *[]order.Item) rule {
	each := list(items, 1, mostItems, itemRule)
	return func(d *jsontext.Decoder, at jsontext.Pointer) error {
		if err := each(d, at); err != nil {
			return err
		}
		seen := make(map[order.ProductID]bool, len(*items))
		for i, item := range *items {
			at := at.AppendToken(strconv.Itoa(i))
			if seen[item.ProductID] {
				return invalid(at.AppendToken("productId"), "names a product that is there already")
			}
			seen[item.ProductID] = true
			if item.UnitPrice.Currency != (*items)[0].UnitPrice.Currency {
				return invalid(at.AppendToken("unitPrice").AppendToken("currency"), "is another currency than that of the first item")
			}
		}
		return nil
	}
}
