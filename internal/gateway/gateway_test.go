package gateway_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/daybook-es/daybook/internal/gateway"
)

// invoke hands an event over as Lambda does.
func invoke(t testing.TB, g *gateway.Gateway, event []byte) events.APIGatewayV2HTTPResponse {
	t.Helper()
	answer, err := g.Invoke(t.Context(), event)
	if err != nil {
		t.Fatalf("an error reaches API Gateway: %v", err)
	}
	var a events.APIGatewayV2HTTPResponse
	if err := json.Unmarshal(answer, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// serving returns a gateway in front of a handler, and its log.
func serving(h http.HandlerFunc) (*gateway.Gateway, *bytes.Buffer) {
	log := new(bytes.Buffer)
	return gateway.New(h, slog.New(slog.NewTextHandler(log, nil))), log
}

// event returns one as API Gateway sends it.
func event(t testing.TB, method, path string, more func(*events.APIGatewayV2HTTPRequest)) []byte {
	t.Helper()
	e := events.APIGatewayV2HTTPRequest{Version: "2.0", RawPath: path, Headers: map[string]string{"host": "api.example"}}
	e.RequestContext.HTTP.Method = method
	if more != nil {
		more(&e)
	}
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestAnEventIsTheRequestThatWasSent(t *testing.T) {
	for _, name := range []string{"placed", "read"} {
		t.Run(name, func(t *testing.T) {
			sent, err := os.ReadFile("testdata/" + name + ".json")
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile("testdata/" + name + ".golden")
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			g, _ := serving(func(_ http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				fmt.Fprintf(&got, "%s %s %s\nHost: %s\n", r.Method, r.URL.RequestURI(), r.Proto, r.Host)
				_ = r.Header.Write(&got)
				fmt.Fprintf(&got, "\nfrom %s as %q, %d bytes: %s\n", r.RemoteAddr, gateway.Actor(r), r.ContentLength, body)
				if err != nil {
					t.Error(err)
				}
			})
			invoke(t, g, sent)
			if text := strings.ReplaceAll(got.String(), "\r", ""); text != string(want) {
				t.Errorf("got:\n%s\nwant:\n%s", text, want)
			}
		})
	}
}

func TestAnAnswerIsWhatTheHandlerWrote(t *testing.T) {
	for name, c := range map[string]struct {
		method string
		serve  http.HandlerFunc
		want   events.APIGatewayV2HTTPResponse
	}{
		"nothing is 200": {
			"GET", func(http.ResponseWriter, *http.Request) {},
			events.APIGatewayV2HTTPResponse{StatusCode: 200, Headers: map[string]string{}},
		},
		"the first status counts": {
			"GET", func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusTeapot)
				w.WriteHeader(http.StatusOK)
				fmt.Fprint(w, "tea")
			},
			events.APIGatewayV2HTTPResponse{StatusCode: 418, Headers: map[string]string{}, Body: "tea"},
		},
		"what is there more than once is joined by commas, but for cookies": {
			"GET", func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Vary"], w.Header()["Set-Cookie"] = []string{"Origin", "Accept"}, []string{"a=1", "b=2"}
			},
			events.APIGatewayV2HTTPResponse{StatusCode: 200, Headers: map[string]string{"Vary": "Origin,Accept"}, Cookies: []string{"a=1", "b=2"}},
		},
		"what is no text is base64": {
			"GET", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte{0xff, 0}) },
			events.APIGatewayV2HTTPResponse{StatusCode: 200, Headers: map[string]string{}, Body: "/wA=", IsBase64Encoded: true},
		},
		"an answer to HEAD has no body, and its length": {
			"HEAD", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "3")
				fmt.Fprint(w, "tea")
			},
			events.APIGatewayV2HTTPResponse{StatusCode: 200, Headers: map[string]string{"Content-Length": "3"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			g, _ := serving(c.serve)
			got, want := invoke(t, g, event(t, c.method, "/", nil)), c.want
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

func TestABase64BodyIsDecoded(t *testing.T) {
	for text, want := range map[string]string{base64.StdEncoding.EncodeToString([]byte("{\"a\":\xff}")): "{\"a\":\xff} <nil>", "{}{}": " illegal base64 data at input byte 0", "": " <nil>"} {
		var got string
		g, _ := serving(func(_ http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			got = fmt.Sprint(string(body), " ", err)
		})
		invoke(t, g, event(t, "POST", "/orders", func(e *events.APIGatewayV2HTTPRequest) { e.Body, e.IsBase64Encoded = text, true }))
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestWhatGoesWrongIsAProblemThatIsLoggedOnce(t *testing.T) {
	right := event(t, "GET", "/orders", nil)
	for name, c := range map[string]struct {
		event []byte
		serve http.HandlerFunc
		log   string
	}{
		"a panic":                        {right, func(http.ResponseWriter, *http.Request) { panic("oh") }, "panic: oh"},
		"an answer that is too large":    {right, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat("x", 6<<20)) }, "the answer to GET /orders has 629"},
		"an event of payload format 1.0": {[]byte(`{"version":"1.0","httpMethod":"GET","path":"/orders","requestContext":{"httpMethod":"GET"}}`), nil, "PayloadFormatVersion 2.0"},
		"an event of a load balancer":    {[]byte(`{"requestContext":{"elb":{}},"httpMethod":"GET","path":"/"}`), nil, "PayloadFormatVersion 2.0"},
		"an event of another source":     {[]byte(`{"Records":[]}`), nil, "PayloadFormatVersion 2.0"},
		"an event of another shape":      {[]byte(`[1]`), nil, "PayloadFormatVersion 2.0"},
		"no event":                       {nil, nil, "PayloadFormatVersion 2.0"},
	} {
		t.Run(name, func(t *testing.T) {
			g, log := serving(c.serve)
			got := invoke(t, g, c.event)
			if got.StatusCode != 500 || got.Headers["Content-Type"] != "application/problem+json" || got.Headers["Correlation-Id"] == "" || !strings.Contains(got.Body, `"code":"internal"`) {
				t.Errorf("got %+v", got)
			}
			if lines := strings.Count(log.String(), "level="); lines != 1 || !strings.Contains(log.String(), c.log) {
				t.Errorf("logged %d times: %s", lines, log)
			}
		})
	}
}
