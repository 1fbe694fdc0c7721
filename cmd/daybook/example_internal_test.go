package main

import (
	"fmt"

	"github.com/alecthomas/kong"
)

func Example() {
	var v verbs
	verb, err := kong.Must(&v).Parse([]string{"serve", "--addr=127.0.0.1:9090", "--data=:memory:", "--log-level=warn"})
	fmt.Println(verb.Command(), v.Serve.Addr, v.Serve.Data, v.Serve.Demo, v.Serve.LogLevel, err)
	// Output: serve 127.0.0.1:9090 :memory: false WARN <nil>
}
