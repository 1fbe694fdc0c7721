// Command conform checks whatever answers at a URL against Daybook's HTTP
// contract, from outside: over HTTP, with nothing but a client of its own.
//
//	go run ./conform http://127.0.0.1:8080
//
// It prints one line for each sentence of the contract, and of one that does not
// hold what was sent, what was expected and what came. It exits with 1 when any
// does not hold, and with 2 when it could not check at all. Each run makes ids of
// its own, so a server that already holds data can be checked, any number of
// times. What it writes stays there.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"time"
)

const usage = `usage: go run ./conform [-deployed] URL

URL is where a Daybook answers: http://127.0.0.1:8080 after "make run".
With -deployed only the sentences that depend on the deployment are checked: the
routes and what they write, how orders are fulfilled, and the test values. How
requests are parsed is the same code everywhere, and is left out.
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], new(net.Dialer).DialContext, os.Stdout, os.Stderr))
}

// run returns the exit code.
func run(ctx context.Context, args []string, dial dialer, out, problems io.Writer) int {
	sections := contents()
	if len(args) > 0 && args[0] == "-deployed" {
		args, sections = args[1:], deployed(sections)
	}
	if len(args) != 1 || strings.HasPrefix(args[0], "-") {
		fmt.Fprint(problems, usage)
		return 2
	}
	base, err := parseBase(args[0])
	if err != nil {
		fmt.Fprintf(problems, "conform: %s: %v\n\n%s", args[0], err, usage)
		return 2
	}
	// A client of its own: "not ready yet" is not among the answers to check.
	behind, err := reach(ctx, newClient(base, dial))
	if err != nil {
		fmt.Fprintf(problems, "conform: %s cannot be checked: %v\n"+
			"Start a server with \"make run\" in another terminal, or say where one answers: make conform URL=http://127.0.0.1:8080\n", base, err)
		return 2
	}
	c := newClient(base, dial)
	c.behind = behind
	passed, failed := report(out, problems, c, start(ctx, c, sections))
	fmt.Fprintf(out, "\n%d passed, %d failed\n", passed, failed)
	if n := c.foreigners.Load(); n > 0 {
		fmt.Fprintf(out, "It is behind a gateway, whose own answers were not judged: %d, to OPTIONS, to paths that it changes, and to what it could not read.\n", n)
	}
	if failed > 0 {
		return 1
	}
	return 0
}

func parseBase(text string) (*url.URL, error) {
	base, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, fmt.Errorf("it is not a URL")
	case base.Scheme != "http" && base.Scheme != "https" || base.Host == "":
		return nil, fmt.Errorf("it must begin with http:// or https:// and name a host")
	case base.RawQuery != "" || base.Fragment != "" || base.User != nil:
		return nil, fmt.Errorf("it must be an address alone, without a query, a fragment or a user")
	}
	base.Path = strings.TrimSuffix(base.Path, "/")
	return base, nil
}

// reach waits, at most 30 s, while the server says that it is not ready yet. It
// reports whether there is a gateway before it.
func reach(ctx context.Context, c *client) (behind bool, err error) {
	for range 120 {
		a, err := c.do(ctx, get("/healthz"))
		if err != nil {
			return false, err
		}
		if a.status != http.StatusServiceUnavailable {
			return a.header.Get(gatewayID) != "", nil
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(250 * time.Millisecond):
		}
	}
	return false, fmt.Errorf("/healthz still answers 503 after 30 s")
}
