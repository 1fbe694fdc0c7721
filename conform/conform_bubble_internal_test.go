package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/daybook-es/daybook/internal/app"
	"github.com/daybook-es/daybook/internal/bubble"
	"github.com/daybook-es/daybook/pkg/boltstore"
)

// conform runs the suite against what answers at the URL, and returns what it
// printed.
func conform(t *testing.T, n *bubble.Network, address string, patience time.Duration) (passed, failed int, printed string) {
	t.Helper()
	c := clientOf(t, n, address)
	c.patience, c.lasting = patience, patience
	var out bytes.Buffer
	passed, failed = report(&out, t.Output(), c, start(t.Context(), c, contents()))
	return passed, failed, out.String()
}

// clientOf returns a client that lets go of its connections when the test ends.
func clientOf(t *testing.T, n *bubble.Network, address string) *client {
	t.Helper()
	base, err := parseBase(address)
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(base, n.DialContext)
	t.Cleanup(c.http.CloseIdleConnections)
	return c
}

// serve returns the URL of a server that always answers so.
func serve(t *testing.T, n *bubble.Network, answer http.Handler) string {
	t.Helper()
	l, ended := n.Listen(), make(chan struct{})
	server := &http.Server{Handler: answer, ReadHeaderTimeout: time.Minute, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)}
	go func() {
		defer close(ended)
		_ = server.Serve(l)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-ended
	})
	return "http://" + l.Addr().String()
}

// daybook returns a Daybook that serves while the test lasts.
func daybook(t *testing.T, n *bubble.Network) *app.App {
	t.Helper()
	a, err := app.Open(t.Context(), app.Config{
		Listener: n.Listen(), Data: boltstore.Memory, Demo: true, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- a.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return a
}

func TestDaybookPasses(t *testing.T) {
	bubble.Run(t, func(t *testing.T, n *bubble.Network) { passes(t, n, daybook(t, n).URL()) })
}

// passes runs the whole command against what answers at the URL.
func passes(t *testing.T, n *bubble.Network, url string) {
	t.Helper()
	var out bytes.Buffer
	if code := run(t.Context(), []string{url}, n.DialContext, &out, t.Output()); code != 0 {
		t.Errorf("exit code %d:\n%s", code, regexp.MustCompile(`(?m)^ *(✓.*)?\n`).ReplaceAllString(out.String(), ""))
	}
}

func Example() {
	fmt.Println(run(context.Background(), []string{"127.0.0.1:8080"}, nil, os.Stdout, io.Discard))
	// Output: 2
}

func TestAServerThatAnswersWronglyFails(t *testing.T) {
	for what, answers := range map[string]http.HandlerFunc{
		"200 {} to everything": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, "{}")
		},
		"201, a list, to everything": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusCreated)
			fmt.Fprint(w, `[{"items": null, "next": 1}]`)
		},
		"an order to everything": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"id": "x", "version": 1, "status": "pending", "next": "x", "items": [1, {}, null]}`)
		},
		"500 to everything":        func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "oh", http.StatusInternalServerError) },
		"a redirect to everything": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusMovedPermanently) },
		"nothing at all":           func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(what, func(t *testing.T) {
			bubble.Run(t, func(t *testing.T, n *bubble.Network) {
				passed, failed, printed := conform(t, n, serve(t, n, answers), 10*time.Millisecond)
				if failed < 4*passed || passed+failed < 80 {
					t.Errorf("%d passed, %d failed:\n%s", passed, failed, printed)
				}
				if strings.Contains(printed, "panic:") {
					t.Errorf("a check panicked:\n%s", printed)
				}
			})
		})
	}
}

// A gateway answers OPTIONS itself, and hands on a path without its last slash.
// Of that nothing is judged, and of all else everything.
func TestBehindAGatewayItsOwnAnswersAreNotJudged(t *testing.T) {
	bubble.Run(t, func(t *testing.T, n *bubble.Network) {
		url := serve(t, n, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set(gatewayID, "Jjar1dX6DIfyJQk=")
			w.WriteHeader(http.StatusForbidden)
		}))
		for _, behind := range []bool{true, false} {
			c := clientOf(t, n, url)
			c.behind = behind
			for r, judged := range map[string]bool{"OPTIONS /orders": false, "GET /orders/": false, "GET //orders": false, "GET /orders": true, "GET /orders/x/": true} {
				method, target, _ := strings.Cut(r, " ")
				failures := prove(t.Context(), c, check{run: func(t *T) { t.expect(request{method: method, target: target}, 405) }})
				if (len(failures) > 0) != (judged || !behind) {
					t.Errorf("behind %v: %s: %v", behind, r, failures)
				}
			}
			if n := c.foreigners.Load(); n != map[bool]int64{true: 3, false: 0}[behind] {
				t.Errorf("behind %v: %d answers were the gateway's own", behind, n)
			}
		}
	})
}

func TestPagesGoOnFromACursorThatIsThere(t *testing.T) {
	bubble.Run(t, func(t *testing.T, n *bubble.Network) {
		url := serve(t, n, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next, query := map[string]string{"1": `"2 "`, "2 ": `"3"`, "3": "null"}, r.URL.Query()
			if len(query["cursor"]) != 1 || query.Get("limit") != "1" || next[query.Get("cursor")] == "" {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(w, `{"items": [%q], "next": %s}`, query.Get("cursor"), next[query.Get("cursor")])
		}))
		failures := prove(t.Context(), clientOf(t, n, url), check{run: func(c *T) {
			if got := canonical(c.pages("/journal?cursor=1&limit=1", 1, 3)); got != `["1","2 ","3"]` {
				t.Errorf("the pages hold %s", got)
			}
		}})
		if len(failures) > 0 {
			t.Error(failures)
		}
	})
}

func TestAFailureSaysWhatWasSentExpectedAndGot(t *testing.T) {
	var printed string
	bubble.Run(t, func(t *testing.T, n *bubble.Network) {
		_, _, printed = conform(t, n, serve(t, n, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, "{}")
		})), 0)
	})
	want := "  ✗ A key belongs to the order or product that it writes.\n" +
		"      sent      POST /orders · {"
	if !strings.Contains(printed, want) {
		t.Errorf("got\n%s\nwant in it\n%s", printed, want)
	}
	if !regexp.MustCompile(`\n      expected  201\n      got       200 · Content-Type: application/json · \{\}\n`).MatchString(printed) {
		t.Errorf("got\n%s\nwant what was expected and got", printed)
	}
}

func TestWithoutAServerItSaysWhatToDo(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	dial := new(net.Dialer).DialContext
	for _, test := range []struct {
		args []string
		says string
	}{
		{nil, "usage: go run ./conform [-deployed] URL"},
		{[]string{"--help"}, "usage: go run ./conform [-deployed] URL"},
		{[]string{"http://a", "http://b"}, "usage: go run ./conform [-deployed] URL"},
		{[]string{"-deployed"}, "usage: go run ./conform [-deployed] URL"},
		{[]string{"localhost:8080"}, "begin with http://"},
		{[]string{"http://x/?y"}, "an address alone"},
		{[]string{closed.URL}, `Start a server with "make run"`},
	} {
		var out, problems bytes.Buffer
		code := run(t.Context(), test.args, dial, &out, &problems)
		if code != 2 || !strings.Contains(problems.String(), test.says) || out.Len() > 0 {
			t.Errorf("%v: exit code %d, %q and %q; want 2 and %q", test.args, code, out.String(), problems.String(), test.says)
		}
	}
}

func TestTheDeployedPartLeavesOutWhatIsParsed(t *testing.T) {
	names, checks := []string{}, 0
	for _, s := range deployed(contents()) {
		names, checks = append(names, s.name), checks+len(s.checks)
	}
	if want := []string{"Routes", "Fulfilment", "Test values"}; !slices.Equal(names, want) || checks < 60 || checks > 110 {
		t.Errorf("got %v with %d checks, want %v with 60 to 110", names, checks, want)
	}
}

func TestAnExchangeFitsOnOneLine(t *testing.T) {
	for text, want := range map[string]string{
		`{"a": "é"}`:             `{"a": "é"}`,
		"a\nb\x00\xff":           `a\nb\x00\xff`,
		strings.Repeat("x", 500): strings.Repeat("x", 400) + "… (100 bytes more)",
	} {
		if got := shown(text); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
