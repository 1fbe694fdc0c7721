// Push is the function that tells clients what is on the bus.
package main

import (
	"github.com/daybook-es/daybook/internal/cloud"
	"github.com/daybook-es/daybook/internal/push"
)

func main() {
	env := cloud.Env()
	env.Start(push.Handler(push.New(env), env.Journal()))
}
