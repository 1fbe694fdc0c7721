package main

import (
	"os"
	"strings"
	"testing"
)

func Example() {
	main()
	// Output:
	// Ada 1 <nil>
	// Alan 2 <nil>
	// Grace 2 the house is full
}

func TestTheREADMEShowsThisProgram(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(program), ")\n\n") // without package and imports
	if !strings.Contains(string(readme), "```go\n"+body+"```\n") {
		t.Error("the README's program is not docs/example/main.go")
	}
	if n := strings.Count(body, "\n"); n > 40 {
		t.Errorf("%d lines: the README promises at most 40", n)
	}
}
