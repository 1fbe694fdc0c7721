package saga

import (
	"fmt"
	"strings"
)

// Mermaid draws the process as a Mermaid flowchart: the way forward, and, dotted,
// the way back that the failure of any step up to the pivot enters.
// https://mermaid.js.org/syntax/flowchart.html
func (p Process) Mermaid() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, "  "+format+"\n", args...) }
	fmt.Fprintln(&b, "flowchart TB")
	steps, chain := p.steps(), p.chain()
	line(`subgraph forward["the way forward"]`)
	line("direction LR")
	for i, n := range steps {
		line("%s%s", n.name, shape(p.Steps[i]))
		if i > 0 {
			line("%s --> %s", steps[i-1].name, n.name)
		}
	}
	line("end")
	line(`subgraph back["the way back"]`)
	line("direction LR")
	for i, n := range chain {
		line(`%s["%s"]`, n.name, n.name)
		if i > 0 {
			line("%s --> %s", chain[i-1].name, n.name)
		}
	}
	line("end")
	line(`forward -. "a step up to %s fails" .-> %s`, p.Steps[p.pivot()].Name, chain[0].name)
	if i := p.pivot() + 1; i < len(steps) {
		line(`%s -. "%s was first" .-> %s`, chain[0].name, p.Steps[p.pivot()].Name, steps[i].name)
	}
	return b.String()
}

// shape tells the pivot, and what may fail, from the rest.
func shape(s Step) string {
	switch {
	case s.Pivot:
		return fmt.Sprintf(`{{"%s: the pivot"}}`, s.Name)
	case s.MayFail:
		return fmt.Sprintf(`(["%s: may fail"])`, s.Name)
	case s.Compensation != "":
		return fmt.Sprintf(`["%s, taken back by %s"]`, s.Name, s.Compensation)
	default:
		return fmt.Sprintf(`["%s"]`, s.Name)
	}
}
