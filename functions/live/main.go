// Live is the function behind the WebSocket on which clients are told what happens.
package main

import (
	"github.com/daybook-es/daybook/internal/cloud"
	"github.com/daybook-es/daybook/internal/push"
)

func main() {
	env := cloud.Env()
	env.Start(push.New(env).Routes)
}
