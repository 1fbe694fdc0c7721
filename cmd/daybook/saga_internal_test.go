package main

import (
	"os"
	"strings"
	"testing"

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
