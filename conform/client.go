package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// A client talks to one server. It follows no redirect, unpacks nothing and
// sends paths as they are written.
type client struct {
	base     *url.URL
	http     *http.Client
	patience time.Duration // how long a view may lag
	lasting  time.Duration // how long a run may last
	laws     *ledger
	behind   bool // a gateway
	dial     dialer

	foreigners atomic.Int64 // answers that were the gateway's own
}

const (
	timeout = 20 * time.Second

	// A POST on a connection that the server closes at that moment, for it was idle,
	// has no answer, and net/http does not send it again. So the client lets go
	// first: servers wait 5 s and longer, this one too for a connection's first bytes.
	idle = 2 * time.Second
)

// A dialer connects to an address, as [net.Dialer.DialContext] does.
type dialer func(ctx context.Context, network, address string) (net.Conn, error)

func newClient(base *url.URL, dial dialer) *client {
	return &client{
		base: base,
		dial: dial,
		http: &http.Client{
			Transport: &http.Transport{
				DialContext:         dial,
				MaxIdleConnsPerHost: 4 * atOnce, IdleConnTimeout: idle, DisableCompression: true, TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{},
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Timeout:       timeout,
		},
		patience: 10 * time.Second,
		lasting:  90 * time.Second,
		laws:     newLedger(),
	}
}

// do sends a request and holds the answer against the laws.
func (c *client) do(ctx context.Context, r request) (answer, error) {
	exchange := c.parsed
	if r.raw {
		exchange = c.verbatim
	}
	a, err := exchange(ctx, r)
	if err != nil {
		if e, ok := errors.AsType[*url.Error](err); ok {
			err = e.Err // the URL is made of what was sent
		}
		return a, err
	}
	if c.foreign(a) {
		c.foreigners.Add(1)
	} else {
		c.laws.observe(a)
	}
	return a, nil
}

// parsed sends a request through net/http, with its target as it is written.
func (c *client) parsed(ctx context.Context, r request) (answer, error) {
	h := http.Header{"User-Agent": {"daybook-conform"}}
	for _, line := range r.lines() {
		name, value, _ := strings.Cut(line, ": ")
		h.Add(name, value)
	}
	req := (&http.Request{
		Method:        r.method,
		URL:           &url.URL{Scheme: c.base.Scheme, Host: c.base.Host, Opaque: c.base.EscapedPath() + r.target},
		Header:        h,
		ContentLength: int64(len(r.body)),
	}).WithContext(ctx)
	if r.body != "" {
		req.Body = io.NopCloser(strings.NewReader(r.body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(r.body)), nil }
	}
	res, err := c.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	return read(r, res)
}

// verbatim sends what net/http would refuse to send.
func (c *client) verbatim(ctx context.Context, r request) (answer, error) {
	conn, err := c.connect(ctx)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(timeout)); err != nil {
		return answer{}, err
	}
	var head strings.Builder
	fmt.Fprintf(&head, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n", r.method, c.base.EscapedPath()+r.target, c.base.Host)
	for _, line := range r.lines() {
		fmt.Fprintf(&head, "%s\r\n", line)
	}
	if r.body != "" && r.values("Transfer-Encoding") == nil {
		fmt.Fprintf(&head, "Content-Length: %d\r\n", len(r.body))
	}
	if _, err := io.WriteString(conn, head.String()+"\r\n"+r.body); err != nil {
		return answer{}, err
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: r.method})
	if err != nil {
		return answer{}, err
	}
	return read(r, res)
}

func (c *client) connect(ctx context.Context) (net.Conn, error) {
	port := c.base.Port()
	if port == "" {
		port = c.base.Scheme // a service has its port's name
	}
	conn, err := c.dial(ctx, "tcp", net.JoinHostPort(c.base.Hostname(), port))
	if err != nil || c.base.Scheme != "https" {
		return conn, err
	}
	secure := tls.Client(conn, &tls.Config{ServerName: c.base.Hostname()})
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return secure, nil
}

func read(r request, res *http.Response) (answer, error) {
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	return answer{request: r, status: res.StatusCode, header: res.Header, body: string(body)}, err
}
