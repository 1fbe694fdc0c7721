// Package events_test holds what is published to its schemas, and the schemas to
// what is published.
package events_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/daybook-es/daybook/pkg/publish"
)

func TestEachEventOfARealHistoryIsAsItsSchemaSays(t *testing.T) {
	schemas, seen := compiled(t), make(map[string]int)
	for _, e := range history(t) {
		name := nameOf(t, e)
		if seen[name]++; schemas[name] == nil {
			t.Errorf("there is no schema of %s", e)
		} else if err := schemas[name].Validate(value(t, e)); err != nil {
			t.Errorf("%s: %v", e, err)
		}
	}
	for name := range schemas {
		if seen[name] == 0 {
			t.Errorf("%s never happened, only %v", name, seen)
		}
	}
}

func TestEachEventHasASchemaAndEachSchemaAnEvent(t *testing.T) {
	var events []string
	for _, s := range publish.Sources() {
		events = append(events, s.Types()...)
	}
	slices.Sort(events)
	if names := slices.Sorted(maps.Keys(compiled(t))); !slices.Equal(events, names) {
		t.Errorf("published are %v,\nand schemas are there of %v", events, names)
	}
}

// What is taken from an event, or added to it, its schema must see.
func TestASchemaIsNeitherOpenNorLenient(t *testing.T) {
	schemas := compiled(t)
	for _, e := range history(t) {
		name := nameOf(t, e)
		for change, changed := range changes(value(t, e).(map[string]any), "") {
			err := schemas[name].Validate(changed)
			if optional := change == "without /correlation"; (err == nil) != optional {
				t.Errorf("%s %s: got %v", name, change, err)
			}
		}
	}
}

// changes returns the object without each of its fields, and with one more; and
// so for each object in it.
func changes(o map[string]any, at string) map[string]any {
	all := make(map[string]any)
	put := func(change, field string, v any) {
		c := maps.Clone(o)
		if c[field] = v; v == nil {
			delete(c, field)
		}
		all[change] = c
	}
	put("with "+at+"/more", "more", "than is known")
	for field, v := range o {
		put("without "+at+"/"+field, field, nil)
		if inner, ok := v.(map[string]any); ok {
			for change, v := range changes(inner, at+"/"+field) {
				put(change, field, v)
			}
		}
	}
	return all
}

func TestWhatAllEventsHaveIsSaidOfAllTheSame(t *testing.T) {
	var first map[string]any
	for _, file := range files(t) {
		schema := value(t, read(t, file)).(map[string]any)
		about := schema["properties"].(map[string]any)
		for _, own := range []string{"type", "stream", "data"} {
			delete(about, own)
		}
		if first == nil {
			first = about
		}
		if !reflect.DeepEqual(about, first) {
			t.Errorf("%s says %v, and another schema %v", file, about, first)
		}
	}
}

func TestTheExamplesAreAsTheirSchemasSay(t *testing.T) {
	readme := string(read(t, "README.md"))
	rows := regexp.MustCompile("(?m)^\\| \\[(\\w+)\\]\\((\\w+)\\.json\\) \\| (.+) \\| `(.+)` \\|$").FindAllStringSubmatch(readme, -1)
	if len(rows) != len(files(t)) {
		t.Errorf("README.md has %d events, and there are %d schemas", len(rows), len(files(t)))
	}
	schemas := compiled(t)
	for _, row := range rows {
		name, file, when, data := row[1], row[2], row[3], row[4]
		var schema struct {
			Title, Description string
			Examples           []struct{ Data json.RawMessage }
		}
		must(t, json.Unmarshal(read(t, file+".json"), &schema))
		if name != file || schema.Title != name || schema.Description != when || len(schema.Examples) != 1 {
			t.Fatalf("README.md says %s is %q, and its schema %+v", name, when, schema)
		}
		if !reflect.DeepEqual(value(t, schema.Examples[0].Data), value(t, []byte(data))) {
			t.Errorf("README.md has the data %s, and the schema's example %s", data, schema.Examples[0].Data)
		}
		example := value(t, read(t, file+".json")).(map[string]any)["examples"].([]any)[0]
		if err := schemas[name].Validate(example); err != nil {
			t.Errorf("the example of %s: %v", name, err)
		}
	}
	_, block, _ := strings.Cut(readme, "```json\n")
	block, _, _ = strings.Cut(block, "```")
	detail := value(t, []byte(block)).(map[string]any)["detail"]
	if err := schemas["OrderConfirmed"].Validate(detail); err != nil {
		t.Errorf("the event in README.md: %v", err)
	}
}

// compiled returns the schemas by the names of their events.
func compiled(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	compiler, all := jsonschema.NewCompiler(), make(map[string]*jsonschema.Schema)
	compiler.AssertFormat()
	for _, file := range files(t) {
		schema, err := compiler.Compile(file)
		must(t, err)
		all[strings.TrimSuffix(file, ".json")] = schema
	}
	return all
}

func files(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("*.json")
	must(t, err)
	return all
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	must(t, err)
	return text
}

func value(t *testing.T, text []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	must(t, err)
	return v
}

func nameOf(t *testing.T, event []byte) string {
	t.Helper()
	var e publish.Event
	must(t, json.Unmarshal(event, &e))
	return e.Type
}
