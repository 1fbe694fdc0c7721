// Projector is the function that folds the stream of events into the views.
package main

import (
	"github.com/daybook-es/daybook/internal/cloud"
	"github.com/daybook-es/daybook/internal/stream"
)

func main() {
	env := cloud.Env()
	env.Start(stream.NewProjector(env.Get(cloud.EventsTable), env.Views(), env.Events(), env.Log, env.Journal()))
}
