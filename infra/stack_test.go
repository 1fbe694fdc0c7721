package infra_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// A stack is what a template makes of parameters: conditions are decided, and
// functions have what all of them have.
type stack map[string]object // resources, by their logical ids

// production is deployed with these parameters, and everything else as it is.
var production = map[string]string{
	"JwtIssuer": "https://issuer.example", "JwtAudience": "daybook", "CorsOrigins": "https://shop.example", "AlarmEmail": "ops@example.com",
}

// deploy returns the stack, or what the template's rules say against it.
func (t template) deploy(parameters map[string]string) (stack, []string) {
	d := deployment{template: t, values: make(map[string]any)}
	for name, p := range t["Parameters"].(object) {
		d.values[name] = text(p, "Default")
	}
	for name, v := range parameters {
		if _, ok := d.values[name]; !ok {
			return nil, []string{"there is no parameter " + name}
		}
		d.values[name] = v
	}
	var refused []string
	for _, rule := range t["Rules"].(object) {
		for _, a := range list(rule, "Assertions") {
			if d.decide(at(a, "Assert")) != true {
				refused = append(refused, text(a, "AssertDescription"))
			}
		}
	}
	s := make(stack)
	for id, r := range t["Resources"].(object) {
		if c := text(r, "Condition"); c == "" || d.decide(object{"Condition": c}) == true {
			s[id], _ = d.settle(r).(object)
			delete(s[id], "Condition") // is decided
		}
	}
	everywhere := d.settle(at(object(t), "Globals", "Function")).(object)
	for _, r := range s.of("AWS::Serverless::Function") {
		r["Properties"] = merged(everywhere, at(r, "Properties").(object))
	}
	return s, refused
}

type deployment struct {
	template template
	values   map[string]any
}

// decide returns what a condition comes to, or a value that one compares.
func (d deployment) decide(c any) any {
	all := func(name string) (decided []any) {
		for _, part := range list(c, name) {
			decided = append(decided, d.decide(part))
		}
		return decided
	}
	m, _ := c.(object)
	for name := range m {
		switch name {
		case "Ref":
			return d.values[text(c, name)]
		case "Condition":
			return d.decide(at(object(d.template), "Conditions", text(c, name)))
		case "Fn::Equals":
			return all(name)[0] == all(name)[1]
		case "Fn::Not":
			return all(name)[0] != true
		case "Fn::And":
			return !slices.Contains(all(name), any(false))
		case "Fn::Or":
			return slices.Contains(all(name), any(true))
		}
	}
	return c
}

type nothing struct{}

// settle returns a value with each Fn::If decided.
func (d deployment) settle(v any) any {
	switch v := v.(type) {
	case object:
		if chosen := list(v, "Fn::If"); chosen != nil {
			if d.decide(object{"Condition": chosen[0]}) == true {
				return d.settle(chosen[1])
			}
			return d.settle(chosen[2])
		}
		if text(v, "Ref") == "AWS::NoValue" {
			return nothing{}
		}
		settled := make(object, len(v))
		for key, item := range v {
			if item = d.settle(item); item != any(nothing{}) {
				settled[key] = item
			}
		}
		return settled
	case []any:
		settled := make([]any, 0, len(v))
		for _, item := range v {
			if item = d.settle(item); item != any(nothing{}) {
				settled = append(settled, item)
			}
		}
		return settled
	default:
		return v
	}
}

// merged returns an object over another: maps are merged, the rest replaced.
func merged(under, over object) object {
	m := maps.Clone(under)
	for key, v := range over {
		below, isObject := m[key].(object)
		above, ok := v.(object)
		if isObject && ok {
			v = merged(below, above)
		}
		m[key] = v
	}
	return m
}

// of returns the resources of a type.
func (s stack) of(kind string) map[string]object {
	found := make(map[string]object)
	for id, r := range s {
		if text(r, "Type") == kind {
			found[id] = r
		}
	}
	return found
}

// get returns what stands under the keys in a resource's properties.
func (s stack) get(id string, keys ...string) any {
	return at(s[id], append([]string{"Properties"}, keys...)...)
}

// functions returns the names of the functions: Commands for CommandsFunction.
func (s stack) functions() (names []string) {
	for id := range s.of("AWS::Serverless::Function") {
		names = append(names, strings.TrimSuffix(id, "Function"))
	}
	slices.Sort(names)
	return names
}

// A law says what is wrong with a stack.
type law func(s stack, complain func(format string, a ...any))

func (l law) of(s stack) (complaints []string) {
	l(s, func(format string, a ...any) { complaints = append(complaints, fmt.Sprintf(format, a...)) })
	return complaints
}

// found returns the name of a law that has a complaint about the stack, or "".
// It asks that of the name before the others.
func found(s stack, first string) string {
	breached := func(name string) (complained bool) {
		laws[name](s, func(string, ...any) { complained = true })
		return complained
	}
	if first != "" && breached(first) {
		return first
	}
	for name := range laws {
		if name != first && breached(name) {
			return name
		}
	}
	return ""
}

// laws hold for production.
var laws = map[string]law{
	"tables": tables, "retention": retention, "append only": appendOnly, "permissions": permissions,
	"functions": functions, "streams": streams, "consumers": consumers, "machine": machine,
	"routes": routes, "socket": socket, "edge": edge, "alarms": alarms, "outside": outside,
}

func TestTheTemplateKeepsItsLaws(t *testing.T) {
	s, refused := read(t).deploy(production)
	if len(refused) > 0 {
		t.Fatal(refused)
	}
	for name, l := range laws {
		t.Run(name, func(t *testing.T) {
			for _, c := range l.of(s) {
				t.Error(c)
			}
		})
	}
}
