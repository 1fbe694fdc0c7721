// Publisher is the function that puts what happened on the bus.
package main

import (
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"

	"github.com/daybook-es/daybook/internal/cloud"
	"github.com/daybook-es/daybook/internal/stream"
	"github.com/daybook-es/daybook/pkg/eventbridgebus"
	"github.com/daybook-es/daybook/pkg/publish"
)

func main() {
	env := cloud.Env()
	bus := eventbridgebus.New(eventbridge.NewFromConfig(env.AWS), env.Get(cloud.Bus), env.Log)
	env.Start(stream.NewPublisher(env.Get(cloud.EventsTable), publish.New(bus, env.Log, publish.Sources()...), env.Log))
}
