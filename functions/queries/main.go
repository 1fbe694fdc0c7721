// Queries is the function behind the API's reads, and behind every path that is
// none.
package main

import (
	"github.com/daybook-es/daybook/internal/cloud"
	"github.com/daybook-es/daybook/internal/gateway"
)

func main() {
	env := cloud.Env()
	env.Start(gateway.New(gateway.Queries(env), env.Log))
}
