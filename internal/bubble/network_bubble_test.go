package bubble_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/blevesearch/bleve/v2"

	"github.com/daybook-es/daybook/internal/bubble"
)

func connected(t *testing.T, n *bubble.Network) (client, server net.Conn) {
	t.Helper()
	l := n.Listen()
	accepted := make(chan net.Conn)
	go func() {
		c, err := l.Accept()
		if err != nil {
			t.Error(err)
		}
		accepted <- c
	}()
	client, err := n.DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return client, <-accepted
}

func TestAServerAnswersClientsAndWaitingTakesNoTime(t *testing.T) {
	began := time.Now()
	bubble.Run(t, func(t *testing.T, n *bubble.Network) {
		l := n.Listen()
		server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(time.Hour)
			_, _ = io.WriteString(w, "late")
		})}
		ended := make(chan error, 1)
		go func() { ended <- server.Serve(l) }()
		start := time.Now()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+l.Addr().String(), http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := n.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		if string(body) != "late" || err != nil || time.Since(start) != time.Hour {
			t.Errorf("got %q, %v after %v; want \"late\" after an hour", body, err, time.Since(start))
		}
		if err := errors.Join(answer.Body.Close(), server.Shutdown(t.Context())); err != nil {
			t.Error(err)
		}
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	if took := time.Since(began); took > time.Hour {
		t.Errorf("an hour in the bubble took %v", took)
	}
}

func TestConnectionsKeepTheContractOfNetConn(t *testing.T) {
	for name, check := range map[string]func(t *testing.T, client, server net.Conn){
		"a read deadline": func(t *testing.T, client, _ net.Conn) {
			_ = client.SetReadDeadline(time.Now().Add(time.Second))
			if _, err := client.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("got %v", err)
			}
		},
		"a write that no reader takes": func(t *testing.T, client, _ net.Conn) {
			_ = client.SetWriteDeadline(time.Now().Add(time.Second))
			n, err := client.Write(make([]byte, 10<<20))
			if !errors.Is(err, os.ErrDeadlineExceeded) || n == 0 || n == 10<<20 {
				t.Errorf("wrote %d bytes, %v; want a part of them and a deadline", n, err)
			}
		},
		"all that was written before the end": func(t *testing.T, client, server net.Conn) {
			sent := bytes.Repeat([]byte("daybook"), 1<<17)
			go func() {
				_, _ = client.Write(sent)
				_ = client.(interface{ CloseWrite() error }).CloseWrite()
			}()
			if got, err := io.ReadAll(server); !bytes.Equal(got, sent) || err != nil {
				t.Errorf("read %d bytes, %v; want %d", len(got), err, len(sent))
			}
			if _, err := server.Write([]byte("x")); err != nil {
				t.Errorf("the other direction: %v", err)
			}
		},
		"a closed peer": func(t *testing.T, client, server net.Conn) {
			_ = server.Close()
			if _, err := client.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
				t.Errorf("read: %v, want EOF", err)
			}
			if _, err := client.Write([]byte("x")); err == nil {
				t.Error("write: no error")
			}
			if _, err := server.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
				t.Errorf("read of the closed end: %v, want net.ErrClosed", err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble.Run(t, func(t *testing.T, n *bubble.Network) {
				client, server := connected(t, n)
				defer client.Close()
				defer server.Close()
				check(t, client, server)
			})
		})
	}
}

func TestAnAddressWithoutAListenerRefuses(t *testing.T) {
	bubble.Run(t, func(t *testing.T, n *bubble.Network) {
		closed := n.Listen()
		_ = closed.Close()
		for _, address := range []string{closed.Addr().String(), "127.0.0.1:77"} {
			if _, err := n.DialContext(t.Context(), "tcp", address); !errors.Is(err, syscall.ECONNREFUSED) {
				t.Errorf("%s: got %v", address, err)
			}
		}
	})
}

func TestASearchIndexWorksInBubblesAndOutside(t *testing.T) {
	index := func(t *testing.T) {
		t.Helper()
		x, err := bleve.New(t.TempDir()+"/index", bleve.NewIndexMapping())
		if err != nil {
			t.Fatal(err)
		}
		if err := x.Index("1", map[string]string{"name": "ada"}); err != nil {
			t.Error(err)
		}
		found, err := x.Search(bleve.NewSearchRequest(bleve.NewMatchQuery("ada")))
		if err != nil || found.Total != 1 {
			t.Errorf("got %v, %v; want one hit", found, err)
		}
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	}
	index(t)
	for range 2 {
		bubble.Run(t, func(t *testing.T, _ *bubble.Network) { index(t) })
	}
	index(t)
}
