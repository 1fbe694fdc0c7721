package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// receiveDemo receives the demo stock, of products that have no history yet.
func (a *App) receiveDemo(ctx context.Context) error {
	if !a.config.Demo {
		return nil
	}
	for product, quantity := range map[string]int64{"product-1": 100, "product-2": 50} {
		first := command.Request{Key: "demo", IfMatch: new(eventstore.Empty), Actor: "demo"}
		_, err := a.world.Stock.Do(ctx, product, first, stock.Receive{Quantity: quantity, At: time.Now().UTC()})
		if err != nil && !errors.Is(err, command.ErrStale) {
			return fmt.Errorf("demo stock of %s: %w", product, err)
		}
	}
	a.demo.Store(true)
	return nil
}

// Welcome is what a person wants to read first: where it is, and what to try.
func (a *App) Welcome() string {
	url := a.URL()
	return fmt.Sprintf(`Daybook is at %[1]s; its data is in %[2]s; Ctrl-C stops it. Try:

ORDER=$(curl -si %[1]s/orders -H 'Content-Type: application/json' -d '{"customerId":"cust-456","items":[{"productId":"product-1","quantity":2,"unitPrice":{"amount":2999,"currency":"USD"}},{"productId":"product-2","quantity":1,"unitPrice":{"amount":4999,"currency":"USD"}}],"shippingAddress":{"name":"Ada Lovelace","line1":"12 St James Sq","city":"London","postalCode":"SW1Y 4JH","country":"GB"},"paymentMethod":"tok_ok"}' | tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
curl -X POST %[1]s$ORDER/submit
curl %[1]s$ORDER/fulfilment
`, url, a.config.Data)
}
