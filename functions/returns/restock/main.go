// Restock is the function that receives the goods of a returned order again.
package main

import (
	"github.com/daybook-es/daybook/internal/cloud"
	"github.com/daybook-es/daybook/internal/queue"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/returns"
)

func main() {
	env := cloud.Env()
	stocks := fulfilment.NewWorld(env.Events(), env.Tenant, nil, nil, nil) // of the world outside it asks nobody
	env.Start(queue.Returned(returns.Restock(stocks), env.Log))
}
