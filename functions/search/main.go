// Search is the function that keeps the index in which orders are searched.
package main

import (
	"github.com/daybook-es/daybook/internal/cloud"
	"github.com/daybook-es/daybook/internal/queue"
	"github.com/daybook-es/daybook/pkg/readmodel/search"
)

func main() {
	env := cloud.Env()
	events := env.Events()
	env.Start(queue.Search(env.Tenant, search.New(env.Index(), events), events, env.Log))
}
