package main

import (
	"regexp"
	"slices"
	"strings"
)

var parameter = regexp.MustCompile(`\{[^}]*\}`)

func wireRoutes() []string {
	return []string{
		"POST /orders", "GET /orders", "GET /orders/{id}", "GET /orders/{id}/fulfilment", "GET /fulfilments", "POST /orders/{id}/items", "PUT /orders/{id}/items", "DELETE /orders/{id}/items/{productId}",
		"POST /orders/{id}/submit", "POST /orders/{id}/cancel", "POST /orders/{id}/deliver", "POST /orders/{id}/return", "POST /stock/{productId}/receive", "GET /stock/{productId}", "GET /stock", "GET /search", "GET /journal", "GET /live", "GET /system",
	}
}

// operations returns the routes that the document describes, but for their
// HEAD.
func operations(document answer) []string {
	var all []string
	paths, _ := document.at("/paths").(map[string]any)
	for path, item := range paths {
		members, _ := item.(map[string]any)
		for method := range members {
			if method := strings.ToUpper(method); method != "HEAD" && slices.Contains(methods, method) {
				all = append(all, method+" "+path)
			}
		}
	}
	slices.Sort(all)
	return all
}

var methods = []string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}

// methodsOf returns the methods that are described for a path, and HEAD where
// GET is.
func methodsOf(document answer, path string) []string {
	var all []string
	for _, operation := range operations(document) {
		if method, ok := strings.CutSuffix(operation, " "+path); ok {
			all = append(all, method)
			if method == "GET" {
				all = append(all, "HEAD")
			}
		}
	}
	slices.Sort(all)
	return all
}

// allowed returns the methods in Allow.
func allowed(a answer) []string {
	all := strings.FieldsFunc(a.header.Get("Allow"), func(c rune) bool { return c == ',' || c == ' ' })
	slices.Sort(all)
	return all
}

func routing() []check {
	return []check{
		{sentence: "A method that a path does not know is 405, with Allow.", run: func(t *T) {
			p := t.place()
			for path, want := range map[string]string{
				"/orders": "GET HEAD POST", p.path: "GET HEAD", p.path + "/items": "POST PUT", p.path + "/items/x": "DELETE",
				p.path + "/submit": "POST", p.path + "/cancel": "POST", p.path + "/deliver": "POST", p.path + "/return": "POST", p.path + "/events": "GET HEAD", p.path + "/fulfilment": "GET HEAD",
				"/fulfilments": "GET HEAD", "/stock": "GET HEAD", "/stock/x": "GET HEAD", "/stock/x/receive": "POST", "/customers/x": "GET HEAD", "/statistics": "GET HEAD", "/sales": "GET HEAD", "/search": "GET HEAD", "/journal": "GET HEAD", "/live": "GET HEAD", "/system": "GET HEAD", "/healthz": "GET HEAD", "/openapi.json": "GET HEAD",
			} {
				for _, method := range append(t.oddMethods(), methods...) {
					if slices.Contains(strings.Fields(want), method) {
						continue
					}
					if a := t.expect(request{method: method, target: path}, 405); strings.Join(allowed(a), " ") != want {
						t.fail(a, "Allow: %s", want)
					}
				}
			}
			t.unwritten(p.path, 1)
		}},
		{sentence: "A path that is none is 404: nothing is guessed, cleaned or redirected.", run: func(t *T) {
			p := t.place()
			for _, path := range []string{
				"/order", "/Orders", "/orders/", "/orders//", "/orders//x", "/orders//items", p.path + "/", p.path + "/Items", p.path + "/items/", p.path + "/items/x/", p.path + "/items/x/y",
				p.path + "/unknown", p.path + "//events", "/./orders", "/x/../orders", "/orders/.", "/orders/..", p.path + "/../" + p.id, "/stock/", "/stock/x/", "/stock/x/receive/", "/stock//receive",
				"/healthz/", "/openapi.yaml", "/openapi.json/", "/index.html", "/favicon.ico", "/.env", "/orders.json", "/%2forders", "/orders%2f" + p.id,
			} {
				for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE"} {
					t.refuse(request{method: method, target: path}, 404, "")
				}
			}
			t.refuse(get("//orders").verbatim(), 404, "")
		}},
		{sentence: "Another spelling of a path is the same path.", run: func(t *T) {
			p := t.place()
			spelt := "/%6frders/" + strings.Replace(p.id, p.id[:1], "%"+hex(p.id[0]), 1)
			t.atVersion(p.path, 1)
			a := t.expect(get(spelt), 200)
			t.same(a, a.at("/id"), p.id)
		}},
	}
}

func hex(b byte) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[b>>4], digits[b&15]})
}
