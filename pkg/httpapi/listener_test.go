package httpapi_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/daybook-es/daybook/pkg/httpapi"
)

// serve starts a real server and returns its address.
func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: h, DisableGeneralOptionsHandler: true, MaxHeaderBytes: 4 << 10}
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(httpapi.Listener(l)) }()
	t.Cleanup(func() { _ = s.Close(); <-done })
	return l.Addr().String()
}

// raw sends bytes and reads one answer.
func raw(t *testing.T, address, text string) reply {
	t.Helper()
	c, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatalf("%.40q: %v", text, err)
	}
	body, err := io.ReadAll(r.Body)
	_ = r.Body.Close()
	if err != nil {
		t.Fatalf("%.40q: %v", text, err)
	}
	return reply{r.StatusCode, r.Header, string(body)}
}

func TestWhatTheServerRefusesByItselfIsAProblemToo(t *testing.T) {
	address := serve(t, newWorld(t).api)
	const rest = " HTTP/1.1\r\nHost: x\r\n\r\n"
	for text, status := range map[string]int{
		"GET /orders/%zz" + rest:                                           http.StatusBadRequest,
		"GET /orders/\x01" + rest:                                          http.StatusBadRequest,
		"nonsense\r\n\r\n":                                                 http.StatusBadRequest,
		"GET / HTTP/1.1\r\n\r\n":                                           http.StatusBadRequest,
		"GET / HTTP/1.1\r\nHost: a b\r\n\r\n":                              http.StatusBadRequest,
		"GET / HTTP/1.1\r\nHost: x\r\nbad name: 1\r\n\r\n":                 http.StatusBadRequest,
		"GET / HTTP/1.1\r\nHost: x\r\nIf-Match: \x01\r\n\r\n":              http.StatusBadRequest,
		"POST /orders HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n":   http.StatusBadRequest,
		"GET / HTTP/3.0\r\nHost: x\r\n\r\n":                                http.StatusHTTPVersionNotSupported,
		"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n":    http.StatusNotImplemented,
		"GET / HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\n\r\n":            http.StatusExpectationFailed,
		"GET /" + strings.Repeat("x", 32<<10) + rest:                       http.StatusRequestHeaderFieldsTooLarge,
		"GET / HTTP/1.1\r\nX: " + strings.Repeat("x", 32<<10) + "\r\n\r\n": http.StatusRequestHeaderFieldsTooLarge,
		"GET /nothing" + rest:                                              http.StatusNotFound,
		"OPTIONS *" + rest:                                                 http.StatusNotFound,
		"CONNECT x:80" + rest:                                              http.StatusNotFound,
		"GET /orders//" + rest:                                             http.StatusNotFound,
		"BREW /orders" + rest:                                              http.StatusMethodNotAllowed,
		"GET http://elsewhere/nothing" + rest:                              http.StatusNotFound,
		"GET /nothing HTTP/1.0\r\n\r\n":                                    http.StatusNotFound,
		"POST /stock/p/receive HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n": http.StatusBadRequest,
	} {
		got := raw(t, address, text)
		got.expect(t, text[:min(len(text), 40)], status)
		got.lawful(t, "", text[:min(len(text), 40)])
	}
	got := raw(t, address, "GET /healthz"+rest)
	got.expect(t, "healthz", http.StatusOK)
}

func TestAnAnswerThatLooksLikeTheServersOwnPassesUnchanged(t *testing.T) {
	address := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, "400 Bad Request")
	}))
	if got := raw(t, address, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); got.body != "400 Bad Request" {
		t.Errorf("got %+v", got)
	}
}

func TestABodyThatIsTooLargeIsAnsweredWhileItIsSent(t *testing.T) {
	address := serve(t, newWorld(t).api)
	got := raw(t, address, "POST /orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"+strings.Repeat("x", 100_000))
	got.expect(t, "100,000 bytes", http.StatusRequestEntityTooLarge, "body.too_large")
}
