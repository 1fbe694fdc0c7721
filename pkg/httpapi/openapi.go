package httpapi

import (
	_ "embed"
	"net/http"
	"slices"
)

//go:embed openapi.json
var document []byte

var documentTag = digestTag("openapi", document)

// Document returns the OpenAPI document of the API, as it is served under
// /openapi.json.
func Document() []byte { return slices.Clone(document) }

// Routes returns the routes as method and pattern, "GET /orders/{id}", for who
// has to route to the API. HEAD is answered wherever GET is.
func Routes() []string {
	var all []string
	for _, r := range new(api).table() {
		all = append(all, r.method+" "+r.pattern)
	}
	return all
}

func (a *api) openapi(*call) (answer, error) {
	return answer{status: http.StatusOK, etag: documentTag, cache: cacheDocument, body: document}, nil
}

func (a *api) healthz(*call) (answer, error) {
	if a.Ready != nil && !a.Ready() {
		return answer{}, problem(http.StatusServiceUnavailable, "not_ready", "the views are catching up with what was committed")
	}
	return say(http.StatusOK, "", struct {
		Status string `json:"status"`
	}{"ok"})
}
