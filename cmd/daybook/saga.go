package main

import (
	"fmt"

	"github.com/daybook-es/daybook/console"
	"github.com/daybook-es/daybook/pkg/fulfilment"
)

type sagaVerbs struct {
	Graph graph `cmd:"" help:"Print the saga of a submitted order as a Mermaid flowchart."`
	ASL   asl   `cmd:"" name:"asl" help:"Print it as a state machine of Step Functions, in the Amazon States Language."`
	Steps steps `cmd:"" help:"Print it as JSON, as the console draws it."`
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

type steps struct{}

// Run prints the saga as the console's file has it.
func (steps) Run() error {
	text, err := console.Steps(fulfilment.Process(new(fulfilment.World)))
	if err == nil {
		_, err = fmt.Printf("%s\n", text)
	}
	return err
}
