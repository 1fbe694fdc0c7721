// Package infra_test holds the laws of the template: what it must say, and that
// their breach is found.
package infra_test

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v4"
)

// object is what a mapping of the template says. Functions stand in it in their
// long form: !Ref x is {"Ref": "x"}.
type object = map[string]any

// A template is a CloudFormation template as it is written.
type template object

var (
	once   sync.Once
	parsed template
)

// read returns the template, which is parsed once: no test changes it.
func read(t *testing.T) template {
	t.Helper()
	once.Do(func() { parsed = parse(t) })
	if parsed == nil {
		t.Fatal("the template cannot be parsed; an earlier test says why")
	}
	return parsed
}

func parse(t *testing.T) template {
	t.Helper()
	text, err := os.ReadFile("template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	return template(value(t, root.Content[0]).(object))
}

// value returns what a node says, with the short forms of functions written out.
func value(t *testing.T, n *yaml.Node) any {
	t.Helper()
	said := plain(t, n)
	name, short := strings.CutPrefix(n.Tag, "!")
	switch {
	case !short || strings.HasPrefix(name, "!"):
		return said
	case name == "Ref", name == "Condition":
		return object{name: said}
	case name == "GetAtt":
		resource, attribute, _ := strings.Cut(said.(string), ".")
		return object{"Fn::GetAtt": []any{resource, attribute}}
	default:
		return object{"Fn::" + name: said}
	}
}

func plain(t *testing.T, n *yaml.Node) any {
	t.Helper()
	switch n.Kind {
	case yaml.MappingNode:
		m := make(object, len(n.Content)/2)
		for i := 0; i < len(n.Content); i += 2 {
			key := n.Content[i].Value
			if _, twice := m[key]; twice {
				t.Fatalf("line %d: %s stands there twice", n.Content[i].Line, key)
			}
			m[key] = value(t, n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		s := make([]any, len(n.Content))
		for i, item := range n.Content {
			s[i] = value(t, item)
		}
		return s
	case yaml.ScalarNode:
		if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
			return n.Value
		}
		var v any
		if err := n.Decode(&v); err != nil {
			t.Fatalf("line %d: %v", n.Line, err)
		}
		return v
	default:
		t.Fatalf("line %d: CloudFormation reads no aliases", n.Line)
		return nil
	}
}

// at returns what stands under the keys, or nil.
func at(v any, keys ...string) any {
	for _, key := range keys {
		m, _ := v.(object)
		v = m[key]
	}
	return v
}

// list returns what stands under the keys as a list: of one, where it is no list.
func list(v any, keys ...string) []any {
	switch v := at(v, keys...).(type) {
	case nil:
		return nil
	case []any:
		return v
	default:
		return []any{v}
	}
}

// text returns what stands under the keys as text.
func text(v any, keys ...string) string {
	switch v := at(v, keys...).(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		return fmt.Sprint(v)
	}
}

// ref returns the resource or parameter that a value names, with its attribute:
// "Queue.Arn".
func ref(v any, keys ...string) string {
	switch v = at(v, keys...); {
	case at(v, "Ref") != nil:
		return text(v, "Ref")
	case at(v, "Fn::GetAtt") != nil:
		named := list(v, "Fn::GetAtt")
		return fmt.Sprintf("%s.%s", named[0], named[1])
	default:
		return text(v, "Fn::Sub")
	}
}
