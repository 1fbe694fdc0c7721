// Park is the function that makes good what projector and publisher gave up.
package main

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/daybook-es/daybook/internal/cloud"
	"github.com/daybook-es/daybook/internal/park"
	"github.com/daybook-es/daybook/internal/stream"
	"github.com/daybook-es/daybook/pkg/eventbridgebus"
	"github.com/daybook-es/daybook/pkg/publish"
)

func main() {
	env := cloud.Env()
	objects := s3.NewFromConfig(env.AWS, func(o *s3.Options) {
		o.UsePathStyle = true // any endpoint serves it; a bucket as a host needs a name server
		o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
	})
	bus := eventbridgebus.New(eventbridge.NewFromConfig(env.AWS), env.Get(cloud.Bus), env.Log)
	env.Start(park.New(park.Config{
		Objects: objects, Table: env.Get(cloud.EventsTable), Projector: env.Get(cloud.Projector), Publisher: env.Get(cloud.Publisher),
		Store: env.Events(), Holes: stream.NewHoles(env.Views(), env.Events(), env.Log, env.Journal()),
		Publish: publish.New(bus, env.Log, publish.Sources()...), Log: env.Log,
	}))
}
