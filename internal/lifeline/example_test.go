package lifeline_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/daybook-es/daybook/internal/lifeline"
)

// It has no output to compare: where Python is missing nothing is served.
func Example() {
	ctx := context.Background()
	_, _, stop, err := lifeline.OnFreePort(ctx, func(port int) (*lifeline.Log, func(), error) {
		return lifeline.Server{
			Name:   "a folder",
			Args:   []string{"python3", "-m", "http.server", "--bind", "127.0.0.1", strconv.Itoa(port)},
			URL:    fmt.Sprintf("http://127.0.0.1:%d/", port),
			Status: http.StatusOK,
		}.Start(ctx)
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	stop()
}
