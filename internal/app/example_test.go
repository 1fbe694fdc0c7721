package app_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"github.com/daybook-es/daybook/internal/app"
	"github.com/daybook-es/daybook/pkg/boltstore"
)

func Example() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	a, err := app.Open(ctx, app.Config{Addr: "127.0.0.1:0", Data: boltstore.Memory, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println(err)
		return
	}
	ended := make(chan error)
	go func() { ended <- a.Serve(ctx) }()
	get, _ := http.NewRequestWithContext(ctx, http.MethodGet, a.URL()+"/orders", nil)
	if answer, err := http.DefaultClient.Do(get); err == nil {
		body, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		fmt.Println(answer.StatusCode, string(body))
	}
	stop()
	fmt.Println(<-ended)
	// Output:
	// 200 {"items":[],"next":null}
	// <nil>
}
