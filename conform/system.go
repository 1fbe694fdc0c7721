package main

import (
	"encoding/json"
	"slices"
	"strings"
)

// systemForm says which members the items of each list in GET /system have, and
// what each may be: one of these words, a kind, or null where nobody can tell.
var systemForm = map[string]map[string]string{
	"/projectors":   {"name": "text", "views": "texts", "status": "starting running waiting null", "behind": "number null", "oldestSeconds": "number null"},
	"/parked/items": {"stream": "text", "version": "number", "view": "text", "reason": "damaged unfolded", "detail": "text", "since": "time"},
	"/errors/items": {"at": "time", "message": "text", "about": "object"},
}

// kindOf returns the kind of a member; of a text that is no time, the text.
func kindOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		if isTime(v) {
			return "time"
		}
		return v
	case map[string]any:
		return "object"
	case []any:
		return "texts"
	case json.Number:
		if n, err := v.Int64(); err == nil && n >= 0 {
			return "number"
		}
	}
	return "none of these"
}

// shaped reports whether an object has exactly these members.
func shaped(o map[string]any, form map[string]string) bool {
	for name, kinds := range form {
		v, there := o[name]
		text, _ := v.(string)
		if !there || kinds != "text" && !slices.Contains(strings.Fields(kinds), kindOf(v)) || kinds == "text" && text == "" {
			return false
		}
	}
	return len(o) == len(form)
}

func systems() []check {
	return []check{
		{sentence: "GET /system says how the read side stands: {projectors, parked: {items, more}, errors: {since, items} or null}.", run: func(t *T) {
			p := t.place()
			t.atVersion(p.path, 1)
			a := t.must(get("/system"), 200)
			top, _ := a.json().(map[string]any)
			parked, _ := top["parked"].(map[string]any)
			errors, kept := top["errors"].(map[string]any)
			if len(top) != 3 || len(parked) != 2 || !kept && top["errors"] != nil || kept && (len(errors) != 2 || !isTime(errors["since"])) {
				t.fail(a, "projectors, parked and errors")
			}
			if _, ok := parked["more"].(bool); !ok {
				t.fail(a, "more: true or false")
			}
			for list, form := range systemForm {
				if list == "/errors/items" && !kept {
					continue
				}
				items, ok := a.at(list).([]any)
				if !ok || list == "/projectors" && len(items) == 0 {
					t.fail(a, "a list %s", list)
				}
				for _, item := range items {
					if o, _ := item.(map[string]any); !shaped(o, form) {
						t.fail(a, "%s with the members of docs/api.md, and no other", list)
					}
				}
			}
		}},
		{sentence: "A view is kept by one projector, and what is parked is of one of those views.", run: func(t *T) {
			a := t.must(get("/system"), 200)
			var views []any
			projectors, _ := a.at("/projectors").([]any)
			for _, p := range projectors {
				kept, _ := lookup(p, "/views").([]any)
				views = append(views, kept...)
			}
			for i, v := range views {
				if slices.Contains(views[:i], v) {
					t.fail(a, "%v once", v)
				}
			}
			parked, _ := a.at("/parked/items").([]any)
			for _, p := range parked {
				if !slices.Contains(views, lookup(p, "/view")) {
					t.fail(a, "a view of those that are kept")
				}
			}
		}},
		{sentence: "It takes no parameters: any query is 400.", parses: true, run: func(t *T) {
			for _, query := range []string{"x=1", "limit=1", "cursor=x", "tenant=other", "min_version=1", "%zz"} {
				t.refuse(get("/system?"+query), 400, "")
			}
		}},
	}
}
