package saga

import (
	"fmt"
	"strings"
)

// Mermaid draws the process as a Mermaid flowchart: the steps up to the pivot,
// what is done behind it, and, dotted, the way back that the failure of any step
// up to the pivot enters. Edges between the boxes stand for those between their
// ends: a box whose nodes have edges of their own to others loses its direction.
// https://mermaid.js.org/syntax/flowchart.html
func (p Process) Mermaid() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, "  "+format+"\n", args...) }
	box := func(id, title string, nodes []string) {
		line(`subgraph %s["%s"]`, id, title)
		line("  direction LR")
		line("  %s", strings.Join(nodes, " --> "))
		line("end")
	}
	var before, behind, back []string
	for i, s := range p.Steps {
		if i <= p.pivot() {
			before = append(before, s.shape())
		} else {
			behind = append(behind, s.shape())
		}
		if s.Compensation != "" && !s.Pivot {
			back = append([]string{fmt.Sprintf(`%s["%s<br/>takes back %s"]`, s.Compensation, s.Compensation, s.Name)}, back...)
		}
	}
	pivot := p.Steps[p.pivot()]
	head := pivot.Compensation
	b.WriteString("flowchart TB\n")
	box("before", "a failure here takes everything back", before)
	line(`%s{"%s:<br/>was %s first?"}`, head, head, pivot.Name)
	line(`before -. "a step fails" .-> %s`, head)
	if len(behind) > 0 {
		box("behind", "from here on the run goes forward only", behind)
		line("before ---> behind")
		line(`%s -- "yes" --> behind`, head)
	}
	if len(back) > 0 {
		box("back", "the way back", back)
		line(`%s -. "no" .-> back`, head)
	}
	return b.String()
}

// shape tells the pivot, and what may fail, from the rest.
func (s Step) shape() string {
	switch {
	case s.Pivot:
		return fmt.Sprintf(`%s{{"%s<br/>the pivot"}}`, s.Name, s.Name)
	case s.MayFail:
		return fmt.Sprintf(`%s(["%s<br/>may fail"])`, s.Name, s.Name)
	default:
		return fmt.Sprintf(`%s["%s"]`, s.Name, s.Name)
	}
}
