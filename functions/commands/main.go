// Commands is the function behind the API's writes.
package main

import (
	"github.com/daybook-es/daybook/internal/cloud"
	"github.com/daybook-es/daybook/internal/gateway"
)

func main() {
	env := cloud.Env()
	env.Start(gateway.New(gateway.Commands(env), env.Log))
}
