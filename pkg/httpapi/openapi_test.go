package httpapi_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"github.com/daybook-es/daybook/pkg/httpapi"
)

// document loads the document as it is served.
var document = sync.OnceValues(func() (*openapi3.T, error) {
	doc, err := openapi3.NewLoader().LoadFromData(httpapi.Document())
	if err != nil {
		return nil, err
	}
	return doc, doc.Validate(context.Background())
})

var router = sync.OnceValues(func() (routers.Router, error) {
	doc, err := document()
	if err != nil {
		return nil, err
	}
	return gorillamux.NewRouter(doc)
})

// documented checks a request and its answer against the document: what was
// granted must be a request that it describes, and what was answered an answer
// that it promises.
func documented(t testing.TB, r *http.Request, sent []byte, got reply) {
	t.Helper()
	router, err := router()
	if err != nil {
		t.Fatal(err)
	}
	if r.Method == http.MethodHead || got.status == http.StatusMethodNotAllowed {
		return // a HEAD is its GET's; the document has no place for what is not there
	}
	plain := r.Clone(context.Background())
	plain.URL.Scheme, plain.URL.Host, plain.Host = "", "", ""
	plain.URL.RawPath = "" // an escaped letter is that letter
	plain.Body = io.NopCloser(bytes.NewReader(sent))
	route, ids, err := router.FindRoute(plain)
	if err != nil {
		if got.status != http.StatusNotFound {
			t.Errorf("%s %s: answered %d, and is not in the document: %v", r.Method, r.URL, got.status, err)
		}
		return
	}
	in := &openapi3filter.RequestValidationInput{Request: plain, PathParams: ids, Route: route}
	if got.status < 300 {
		if err := openapi3filter.ValidateRequest(t.Context(), in); err != nil {
			t.Errorf("%s %s: granted, and the document does not allow it: %v", r.Method, r.URL, err)
		}
	}
	out := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: got.status, Header: got.header,
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}
	out.SetBodyBytes([]byte(got.body))
	if err := openapi3filter.ValidateResponse(t.Context(), out); err != nil {
		t.Errorf("%s %s: answered %d %s, and the document does not promise it: %v", r.Method, r.URL, got.status, got.body, err)
	}
}

func TestTheDocumentIsServedAndValid(t *testing.T) {
	w := newWorld(t)
	got := w.do("GET", "/openapi.json", "")
	got.expect(t, "the document", http.StatusOK)
	if _, err := document(); err != nil || got.body != string(httpapi.Document()) {
		t.Errorf("the document: %v", err)
	}
}

func TestTheDocumentDescribesExactlyTheRoutesThatExist(t *testing.T) {
	doc, err := document()
	if err != nil {
		t.Fatal(err)
	}
	described := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			described[method+" "+path] = true
		}
	}
	for _, route := range httpapi.Routes() {
		if !described[route] {
			t.Errorf("%s is not in the document", route)
		}
		delete(described, route)
	}
	for route := range described {
		t.Errorf("%s is in the document alone", route)
	}
	w := newWorld(t)
	for _, route := range httpapi.Routes() {
		method, path, _ := strings.Cut(route, " ")
		path = strings.NewReplacer("{id}", "nobody", "{productId}", "nothing").Replace(path)
		if got := w.do(method, path, ""); got.field("code") == "path.unknown" || got.status == http.StatusMethodNotAllowed {
			t.Errorf("%s: not served: %d", route, got.status)
		}
	}
}
