package main

import (
	"fmt"

	"github.com/daybook-es/daybook/pkg/fulfilment"
)

type sagaVerbs struct {
	Graph graph `cmd:"" help:"Print the saga of a submitted order as a Mermaid flowchart."`
}

type graph struct{}

// Run prints the saga as it is declared.
func (graph) Run() error {
	_, err := fmt.Print(fulfilment.Process(new(fulfilment.World)).Mermaid())
	return err
}
