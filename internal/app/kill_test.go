package app_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/daybook-es/daybook/internal/app"
	"github.com/daybook-es/daybook/internal/testsize"
)

// serverOf makes the test binary serve a folder until it is killed, print its
// address first, and log errors alone.
const serverOf = "DAYBOOK_TEST_SERVER_OF"

func TestMain(m *testing.M) {
	if data := os.Getenv(serverOf); data != "" {
		a, err := app.Open(context.Background(), app.Config{Addr: "127.0.0.1:0", Data: data, Log: errorsTo(os.Stderr)})
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(a.URL())
		fmt.Println(a.Serve(context.Background()))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func errorsTo(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelError}))
}

// A life is the program in a process of its own, which is killed (-9) when so many
// writes are acknowledged.
type life struct {
	site
	left   atomic.Int64 // acknowledgements until the kill
	server *exec.Cmd
	log    bytes.Buffer
}

// lives is how often a program is killed.
var lives = testsize.N{Short: 1, Race: 2, Gate: 5, Soak: 200}

// doomed starts a life over a folder.
func doomed(t *testing.T, data string, writes int) *life {
	t.Helper()
	l := &life{server: exec.CommandContext(t.Context(), os.Args[0])}
	l.server.Env = append(os.Environ(), serverOf+"="+data)
	l.server.Stderr = &l.log
	out, err := l.server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.server.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() || !strings.HasPrefix(lines.Text(), "http://") {
		t.Fatalf("the server says %q", lines.Text())
	}
	l.site = site{lines.Text(), onLoopback}
	l.left.Store(int64(writes))
	return l
}

// acknowledged counts a write, and kills the program after the last.
func (l *life) acknowledged() {
	if l.left.Add(-1) == 0 {
		_ = l.server.Process.Kill()
	}
}

// wait waits for the end, and checks that the program logged no error and ended by
// nothing but the kill.
func (l *life) wait(t *testing.T) {
	t.Helper()
	_ = l.server.Process.Kill() // a wrong answer may have ended the clients before
	if l.server.Wait(); l.server.ProcessState.ExitCode() != -1 || l.log.Len() > 0 {
		t.Errorf("the server ended by %v and logged %q", l.server.ProcessState, l.log.String())
	}
}

// A client receives one piece after the other of a product of its own, each
// under a key that it repeats until it is answered.
type client struct {
	product      string
	acknowledged int // receipts
	pending      bool
}

// receive sends the next receipt, or the last again that was not answered.
func (c *client) receive(ctx context.Context, at site) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, at.url+"/stock/"+c.product+"/receive", strings.NewReader(`{"quantity":1}`))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", fmt.Sprintf("receipt-%d", c.acknowledged+1))
	c.pending = true
	answer, err := at.web.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	var got struct{ OnHand, Version int }
	if err := json.NewDecoder(answer.Body).Decode(&got); err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK || got.OnHand != c.acknowledged+1 || got.Version != got.OnHand {
		return fmt.Errorf("%w: %s after %d receipts: %d %+v", errWrong, c.product, c.acknowledged, answer.StatusCode, got)
	}
	c.acknowledged, c.pending = c.acknowledged+1, false
	return nil
}

var errWrong = errors.New("wrong answer")

func TestWhatWasAcknowledgedIsThereOnceAfterEachKill(t *testing.T) {
	data, random := t.TempDir(), testsize.Rand(t)
	clients := make([]*client, 16)
	for n := range clients {
		clients[n] = &client{product: fmt.Sprintf("product-%d", n)}
	}
	for range lives.Get() {
		l := doomed(t, data, 1+random.IntN(300))
		var wg sync.WaitGroup
		for _, c := range clients {
			wg.Go(func() {
				for {
					if err := c.receive(t.Context(), l.site); errors.Is(err, errWrong) {
						t.Error(err)
						return
					} else if err != nil {
						return // killed
					}
					l.acknowledged()
				}
			})
		}
		wg.Wait()
		l.wait(t)
		if t.Failed() {
			return
		}
	}
	total := 0
	last, stop := serve(t, nil, app.Config{Data: data})
	for _, c := range clients {
		var got struct{ OnHand int }
		if status := last.get(t, "/stock/"+c.product, &got); status != http.StatusOK || got.OnHand < c.acknowledged || got.OnHand > c.acknowledged+1 || !c.pending && got.OnHand != c.acknowledged {
			t.Errorf("%s: %d were acknowledged, %d are there (%d)", c.product, c.acknowledged, got.OnHand, status)
		}
		total += c.acknowledged
	}
	t.Logf("%d receipts survived", total)
	if err := stop(); err != nil {
		t.Error(err)
	}
}
