package httpapi

import (
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"sync"
)

// Listener wraps l so that what net/http answers by itself, before any handler
// is asked, is a problem too: a request that it cannot parse, headers that are
// too large, a transfer coding or an expectation that it does not know.
func Listener(l net.Listener) net.Listener { return listener{l} }

type listener struct{ net.Listener }

// Accept implements [net.Listener].
func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return conn{c}, nil
}

type conn struct{ net.Conn }

// canned is what net/http writes, in one piece, when it gives a request up; see
// conn.serve and response.sendExpectationFailed in net/http/server.go. No answer
// of the handler looks like it: each has more headers, and none is a 417. It is
// made when it is needed: functions have no listener, and start often.
var canned = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^HTTP/1\.[01] (?:` +
		`([45]\d\d) [^\r\n]*\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n([^\r\n]*)` +
		`|(417) [^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n)$`)
})

// longestCanned is more than any of the canned answers has.
const longestCanned = 512

// Write implements [net.Conn].
func (c conn) Write(b []byte) (int, error) {
	if len(b) > longestCanned {
		return c.Conn.Write(b)
	}
	m := canned().FindSubmatch(b)
	if m == nil {
		return c.Conn.Write(b)
	}
	status, err := strconv.Atoi(string(m[1]) + string(m[3]))
	if err != nil {
		return 0, err
	}
	detail := string(m[2])
	if detail == "" {
		detail = http.StatusText(status)
	}
	body, err := marshal(problem(status, "request.malformed", "the request cannot be read: %s", detail))
	if err != nil {
		return 0, err
	}
	if _, err := fmt.Fprintf(c.Conn, "HTTP/1.1 %d %s\r\nCache-Control: no-store\r\nConnection: close\r\nContent-Length: %d\r\n"+
		"Content-Type: application/problem+json\r\nCorrelation-Id: %s\r\nX-Content-Type-Options: nosniff\r\n\r\n%s",
		status, http.StatusText(status), len(body), rand.Text(), body); err != nil {
		return 0, err
	}
	return len(b), nil
}

// CloseWrite lets net/http hang up so that the client still reads the answer.
func (c conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
