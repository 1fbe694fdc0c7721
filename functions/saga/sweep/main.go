// Sweep is the function that starts the runs which no event started.
package main

import (
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/daybook-es/daybook/internal/cloud"
	"github.com/daybook-es/daybook/internal/machine"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/saga"
)

func main() {
	env := cloud.Env()
	env.Start(machine.Starter{
		Executions: sfn.NewFromConfig(env.AWS), Machine: env.Get(cloud.Machine), Tenant: env.Tenant,
		Runs: saga.New(fulfilment.Process(new(fulfilment.World)), env.Events(), env.Tenant, env.Log), Log: env.Log,
	}.Sweep(env.Views()))
}
