package main

import (
	"os"
	"strings"
	"testing"

	"github.com/daybook-es/daybook/console"
	"github.com/daybook-es/daybook/functions/saga"
	"github.com/daybook-es/daybook/pkg/fulfilment"
)

func TestThePicturesAreTheDeclared(t *testing.T) {
	picture := "```mermaid\n" + fulfilment.Process(new(fulfilment.World)).Mermaid() + "```\n"
	for _, page := range []string{"../../README.md", "../../docs/fulfilment.md"} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), picture) {
			t.Errorf("%s: its picture is not what `daybook saga graph` prints", page)
		}
	}
}

func TestTheStateMachineIsTheDeclared(t *testing.T) {
	want, err := fulfilment.Process(new(fulfilment.World)).ASL()
	if err != nil {
		t.Fatal(err)
	}
	if string(saga.Fulfilment) != string(want)+"\n" {
		t.Error("functions/saga/fulfilment.asl.json is not what `daybook saga asl` prints; go generate ./functions/saga")
	}
}

func TestTheConsoleDrawsTheDeclared(t *testing.T) {
	want, err := console.Steps(fulfilment.Process(new(fulfilment.World)))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile("../../console/page/saga.json"); err != nil || string(got) != string(want)+"\n" {
		t.Errorf("console/page/saga.json is not what `daybook saga steps` prints; go generate ./console: %v", err)
	}
}
