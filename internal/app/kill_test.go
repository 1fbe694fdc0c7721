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
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/daybook-es/daybook/internal/app"
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

// doomed starts the program over a folder, in a process of its own that is
// killed (-9) after a while. Whoever waits for its end learns that it logged no
// error, and ended by nothing else.
func doomed(t *testing.T, data string, after time.Duration) (url string, wait func()) {
	t.Helper()
	server := exec.CommandContext(t.Context(), os.Args[0])
	server.Env = append(os.Environ(), serverOf+"="+data)
	var log bytes.Buffer
	server.Stderr = &log
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() || !strings.HasPrefix(lines.Text(), "http://") {
		t.Fatalf("the server says %q", lines.Text())
	}
	time.AfterFunc(after, func() { server.Process.Kill() })
	return lines.Text(), func() {
		t.Helper()
		if server.Wait(); server.ProcessState.ExitCode() != -1 || log.Len() > 0 {
			t.Errorf("the server ended by %v and logged %q", server.ProcessState, log.String())
		}
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
func (c *client) receive(ctx context.Context, url string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/stock/"+c.product+"/receive", strings.NewReader(`{"quantity":1}`))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", fmt.Sprintf("receipt-%d", c.acknowledged+1))
	c.pending = true
	answer, err := http.DefaultClient.Do(r)
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

func TestWhatWasAcknowledgedIsThereOnceAfterEachOfTwentyKills(t *testing.T) {
	data := t.TempDir()
	clients := make([]*client, 16)
	for n := range clients {
		clients[n] = &client{product: fmt.Sprintf("product-%d", n)}
	}
	for range 20 {
		url, wait := doomed(t, data, rand.N(200*time.Millisecond)+20*time.Millisecond)
		var wg sync.WaitGroup
		for _, c := range clients {
			wg.Go(func() {
				for {
					if err := c.receive(t.Context(), url); errors.Is(err, errWrong) {
						t.Error(err)
						return
					} else if err != nil {
						return // killed
					}
				}
			})
		}
		wg.Wait()
		wait()
		if t.Failed() {
			return
		}
	}
	total := 0
	url := start(t, app.Config{Data: data})
	for _, c := range clients {
		var got struct{ OnHand int }
		if status := get(t, url+"/stock/"+c.product, &got); status != http.StatusOK || got.OnHand < c.acknowledged || got.OnHand > c.acknowledged+1 || !c.pending && got.OnHand != c.acknowledged {
			t.Errorf("%s: %d were acknowledged, %d are there (%d)", c.product, c.acknowledged, got.OnHand, status)
		}
		total += c.acknowledged
	}
	t.Logf("%d receipts survived", total)
	if total < 100 {
		t.Errorf("only %d receipts: nothing was shown", total)
	}
}
