// Watch is the function that notes which runs stopped before their end.
package main

import (
	"github.com/daybook-es/daybook/internal/cloud"
	"github.com/daybook-es/daybook/internal/machine"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/saga"
)

func main() {
	env := cloud.Env()
	runs := saga.New(fulfilment.Process(new(fulfilment.World)), env.Events(), env.Tenant, env.Log)
	env.Start(machine.Watch(runs, env.Get(cloud.Machine), env.Log))
}
