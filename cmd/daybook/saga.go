package main

import (
	"fmt"

	"github.com/daybook-es/daybook/pkg/fulfilment"
)

type sagaVerbs struct {
	Graph graph `cmd:"" help:"Print the saga of a submitted order as a Mermaid flowchart."`
	ASL   asl   `cmd:"" name:"asl" help:"Print it as a state machine of Step Functions, in the Amazon States Language."`
}

type graph struct{}

// Run prints the saga as it is declared.
func (graph) Run() error {
	_, err := fmt.Print(fulfilment.Process(new(fulfilment.World)).Mermaid())
	return err
}

type asl struct{}

// Run prints the saga as the state machine that is deployed.
func (asl) Run() error {
	text, err := fulfilment.Process(new(fulfilment.World)).ASL()
	if err == nil {
		_, err = fmt.Printf("%s\n", text)
	}
	return err
}
