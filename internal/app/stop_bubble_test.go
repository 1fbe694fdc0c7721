package app_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/daybook-es/daybook/internal/app"
	"github.com/daybook-es/daybook/internal/bubble"
	"github.com/daybook-es/daybook/pkg/boltstore"
)

func TestAStopLetsRequestsInFlightFinish(t *testing.T) {
	bubble.Run(t, func(t *testing.T, n *bubble.Network) {
		s, stop := serve(t, n, app.Config{Data: boltstore.Memory})
		conn, err := n.DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		const body = `{"quantity":1}`
		fmt.Fprintf(conn, "POST /stock/x/receive HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n{", len(body))
		synctest.Wait() // the server has begun to read it
		stopped := make(chan error, 1)
		go func() { stopped <- stop() }()
		time.Sleep(9 * time.Second) // and was told to stop, almost its grace ago
		fmt.Fprint(conn, body[1:])
		answer := make([]byte, 15)
		if _, err := io.ReadFull(conn, answer); err != nil || string(answer) != "HTTP/1.1 200 OK" {
			t.Errorf("got %q, %v", answer, err)
		}
		if err := <-stopped; err != nil {
			t.Error(err)
		}
	})
}
