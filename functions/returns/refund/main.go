// Refund is the function that gives back what a returned order was paid with.
package main

import (
	"github.com/daybook-es/daybook/internal/cloud"
	"github.com/daybook-es/daybook/internal/queue"
	"github.com/daybook-es/daybook/pkg/returns"
)

func main() {
	env := cloud.Env()
	env.Start(queue.Returned(returns.Refund(env.World()), env.Log))
}
