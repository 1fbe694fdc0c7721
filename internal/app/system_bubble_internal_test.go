package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/daybook-es/daybook/internal/bubble"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/stocklevels"
)

// full is a store of rows on a disk that is full, for a time.
type full struct {
	readmodel.Store
	now atomic.Bool
}

func (f *full) Put(ctx context.Context, row readmodel.Row) error {
	if f.now.Load() {
		return errors.New("disk full of what Ada wrote")
	}
	return f.Store.Put(ctx, row)
}

func TestAProjectorThatStandsStillIsSeenToBeBehindUntilItHasCaughtUp(t *testing.T) {
	bubble.Run(t, func(t *testing.T, n *bubble.Network) {
		a, err := Open(t.Context(), Config{Listener: n.Listen(), Data: boltstore.Memory, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		rows := &full{Store: a.rows}
		a.views = projection.NewRunner(a.store, a.store, a.config.Log, stocklevels.New(rows, a.store))
		ctx, cancel := context.WithCancel(context.Background())
		web, ended := n.Client(), make(chan error, 1)
		go func() { ended <- a.Serve(ctx) }()
		defer func() {
			if cancel(); <-ended != nil {
				t.Error("it did not stop")
			}
		}()
		is(t, web, a.URL(), "[views running 0] [search running 0]", "")
		rows.now.Store(true)
		for range 2 {
			ask(t, web, http.MethodPost, a.URL()+"/stock/p/receive", `{"quantity":1}`)
		}
		const said = "views wait for a fault to pass map[in:stock-levels]"
		is(t, web, a.URL(), "[views waiting 2 for a while] [search running 0]", said)
		if text := ask(t, web, http.MethodGet, a.URL()+"/system", ""); strings.Contains(text, "disk") || strings.Contains(text, "Ada") {
			t.Errorf("it tells the error's own text: %s", text)
		}
		rows.now.Store(false)
		is(t, web, a.URL(), "[views running 0] [search running 0]", said)
	})
}

// is waits until GET /system says this of the projectors, and of errors.
func is(t *testing.T, web *http.Client, url, projectors, errs string) {
	t.Helper()
	var got string
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		var s struct {
			Projectors []struct {
				Name, Status          string
				Behind, OldestSeconds int
			}
			Errors struct {
				Items []struct {
					Message string
					About   map[string]string
				}
			}
		}
		if err := json.Unmarshal([]byte(ask(t, web, http.MethodGet, url+"/system", "")), &s); err != nil {
			t.Fatal(err)
		}
		var said, wrong []string
		for _, p := range s.Projectors {
			late := ""
			if p.OldestSeconds > 0 {
				late = " for a while"
			}
			said = append(said, fmt.Sprintf("[%s %s %d%s]", p.Name, p.Status, p.Behind, late))
		}
		for _, e := range s.Errors.Items {
			wrong = append(wrong, fmt.Sprint(e.Message, " ", e.About))
		}
		if got = strings.Join(said, " ") + "; " + strings.Join(wrong, ", "); got == projectors+"; "+errs {
			return
		}
	}
	t.Errorf("it says %s, want %s; %s", got, projectors, errs)
}

func ask(t *testing.T, web *http.Client, method, url, body string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := web.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(answer.Body); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatal(answer.Status, err)
	}
	return text.String()
}

func TestOfTheLogTheNewestErrorsAreKeptWithoutTheirTexts(t *testing.T) {
	var log bytes.Buffer
	h := keepErrors(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelError + 1}))
	l := slog.New(h)
	l.Warn("no error")
	for i := range 30 {
		l.With("view", "sales", "key", "secret").WithGroup("g").Error("stream stopped", "stream", fmt.Sprint(i), "err", errors.New("secret"))
	}
	got := h.newest()
	if len(got.Items) != 20 || log.Len() > 0 {
		t.Fatalf("%d are kept; the log says %s", len(got.Items), &log)
	}
	for i, line := range got.Items {
		if text := fmt.Sprint(line.Message, line.About); text != fmt.Sprintf("stream stoppedmap[stream:%d view:sales]", 29-i) || time.Since(line.At) > time.Minute {
			t.Errorf("line %d: %v", i, line)
		}
	}
	slog.New(keepErrors(slog.NewTextHandler(&log, nil))).With("view", "sales").Error("stream stopped", "err", errors.New("why"))
	if text := log.String(); !strings.Contains(text, `msg="stream stopped" view=sales err=why`) {
		t.Errorf("the log says %s", text)
	}
}
