package console_test

import (
	"encoding/json"
	"fmt"
	"testing"
)

// buys places and submits an order of one product.
func (b *browser) buys(customer, product string, amount int64, currency string) {
	b.t.Helper()
	b.pays("tok_ok", customer, product, amount, currency)
}

// pays does so with a method of payment, and answers the order's id.
func (b *browser) pays(method, customer, product string, amount int64, currency string) string {
	b.t.Helper()
	id := b.send("/orders", fmt.Sprintf(`{"customerId":%q,"items":[{"productId":%q,"name":"A thing","quantity":1,"unitPrice":{"amount":%d,"currency":%q}}],`+
		`"shippingAddress":{"name":"Ada","line1":"12 St James Sq","city":"London","postalCode":"SW1Y 4JH","country":"GB"},"paymentMethod":%q}`,
		customer, product, amount, currency, method)).ID
	b.send("/orders/"+id+"/submit", "")
	return id
}

// reads waits until the elements of a selector have these texts.
func (b *browser) reads(selector string, want ...string) {
	b.t.Helper()
	texts, err := json.Marshal(want)
	if err != nil {
		b.t.Fatal(err)
	}
	b.until(fmt.Sprintf("JSON.stringify([...document.querySelectorAll(%q)].map((e) => e.textContent)) === JSON.stringify(%s)", selector, texts))
}

func TestEachCurrencyHasFiguresAChartAndATableOfItsOwn(t *testing.T) {
	b := open(t)
	b.buys("cust-1", "product-1", 2999, "USD")
	b.buys("cust-2", "product-1", 5001, "USD")
	b.buys("cust-1", "product-2", 123456, "JPY") // which has no minor unit
	b.buys("cust-1", "product-2", 199, "EUR")
	b.buys("cust-1", "product-2", 12345, "KWD") // which has a thousand
	b.show("/sales?by=month", "Sales")
	b.reads(".figures dt", "Orders", "Net, EUR", "Net, JPY", "Net, KWD", "Net, USD")
	b.reads(
		".figures dd", "55 active, 0 cancelled", "€1.991 sale, €1.99 on average", "¥123,4561 sale, ¥123,456 on average",
		"KWD\u00a012.3451 sale, KWD\u00a012.345 on average", "$80.002 sales, $40.00 on average",
	)
	b.reads("h2", "In EURcapturedrefundednet", "In JPYcapturedrefundednet", "In KWDcapturedrefundednet", "In USDcapturedrefundednet")
	b.reads(".periods tbody td:last-child", "1.99", "123,456", "12.345", "80.00")
	b.reads("section:nth-of-type(1) .scale text", "€0.00", "€0.50", "€1.00", "€1.50", "€2.00")
	b.reads("section:nth-of-type(2) .scale text", "¥0", "¥50K", "¥100K", "¥150K")
	b.reads("section:nth-of-type(4) .scale text", "$0", "$20", "$40", "$60", "$80")
	b.reads("section:nth-of-type(4) .leaders td + td", "$50.01", "$29.99", "$80.00")
}
