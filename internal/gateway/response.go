package gateway

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
)

// writer keeps what a handler answers.
type writer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newWriter() *writer { return &writer{header: make(http.Header)} }

// Header implements [http.ResponseWriter].
func (w *writer) Header() http.Header { return w.header }

// WriteHeader implements [http.ResponseWriter].
func (w *writer) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

// Write implements [http.ResponseWriter].
func (w *writer) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}

// answer returns what API Gateway takes for an answer. One to HEAD has the
// headers alone, its Content-Length too.
func (w *writer) answer(r *http.Request) []byte {
	w.WriteHeader(http.StatusOK)
	a := events.APIGatewayV2HTTPResponse{StatusCode: w.status, Headers: make(map[string]string, len(w.header))}
	for name, values := range w.header {
		if name == "Set-Cookie" {
			a.Cookies = values
			continue
		}
		a.Headers[name] = strings.Join(values, ",")
	}
	switch body := w.body.Bytes(); {
	case r.Method == http.MethodHead:
	case utf8.Valid(body):
		a.Body = string(body)
	default:
		a.Body, a.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), true
	}
	answer, err := json.Marshal(a)
	if err != nil {
		panic(fmt.Sprintf("gateway: an answer has no JSON: %v", err)) // it is made of texts and a number
	}
	return answer
}
