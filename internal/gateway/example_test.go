package gateway_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/daybook-es/daybook/internal/gateway"
)

func Example() {
	hello := func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "hello from %s", r.URL.Path) }
	g := gateway.New(http.HandlerFunc(hello), slog.Default())
	answer, err := g.Invoke(context.Background(), []byte(`{"version": "2.0", "rawPath": "/a b", "requestContext": {"http": {"method": "GET"}}}`))
	fmt.Println(string(answer), err)
	// Output: {"statusCode":200,"headers":{},"multiValueHeaders":null,"body":"hello from /a b","cookies":null} <nil>
}
