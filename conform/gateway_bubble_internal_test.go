package main

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/daybook-es/daybook/internal/bubble"
	"github.com/daybook-es/daybook/internal/gateway"
)

// front does what an HTTP API of API Gateway does: it makes an event of each
// request, invokes the function, and makes an answer of what that returns.
type front struct {
	t        *testing.T
	function *gateway.Gateway
}

func (f front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil { // its own answer has no id
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	w.Header().Set(gatewayID, "Jjar1dX6DIfyJQk=")
	e := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: "$default", RawPath: "/" + strings.TrimLeft(r.URL.Path, "/"), RawQueryString: r.URL.RawQuery,
		Headers: map[string]string{"host": r.Host}, Body: base64.StdEncoding.EncodeToString(body), IsBase64Encoded: true,
	}
	e.RequestContext.HTTP.Method = strings.ToUpper(r.Method)
	e.RequestContext.HTTP.SourceIP = "192.0.2.1"
	for name, values := range r.Header {
		e.Headers[strings.ToLower(name)] = strings.Join(values, ",")
	}
	event, err := json.Marshal(e)
	if err != nil {
		f.t.Error(err)
	}
	answer, err := f.function.Invoke(r.Context(), event)
	if err != nil {
		f.t.Errorf("%s %s: an error reaches API Gateway: %v", r.Method, r.URL, err)
	}
	var a events.APIGatewayV2HTTPResponse
	if err := json.Unmarshal(answer, &a); err != nil {
		f.t.Errorf("%s %s: got %s, %v", r.Method, r.URL, answer, err)
	}
	text := []byte(a.Body)
	if a.IsBase64Encoded {
		if text, err = base64.StdEncoding.DecodeString(a.Body); err != nil {
			f.t.Error(err)
		}
	}
	for name, value := range a.Headers {
		w.Header().Set(name, value)
	}
	w.WriteHeader(a.StatusCode)
	_, _ = w.Write(text)
}

func TestDaybookPassesBehindTheGatewayAdapter(t *testing.T) {
	if testing.Short() {
		t.Skip("TestDaybookPasses runs the same suite")
	}
	bubble.Run(t, func(t *testing.T, n *bubble.Network) {
		function := gateway.New(daybook(t, n).Handler(), slog.New(slog.NewTextHandler(t.Output(), nil)))
		passes(t, n, serve(t, n, front{t, function}))
	})
}
