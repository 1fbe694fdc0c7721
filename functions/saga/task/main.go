// Task is the function that makes the state machine's attempts.
package main

import (
	"github.com/daybook-es/daybook/internal/cloud"
	"github.com/daybook-es/daybook/internal/machine"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/saga"
)

func main() {
	env := cloud.Env()
	world := env.World()
	env.Start(machine.Task(saga.New(fulfilment.Process(world), world.Events, env.Tenant, env.Log), env.Log))
}
