package httpapi_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/httpapi"
)

func Example() {
	events := new(memstore.Store)
	api := httpapi.New(httpapi.Config{
		Tenant: "shop",
		Orders: command.New(events, "shop", order.Aggregate),
		Stock:  command.New(events, "shop", stock.Aggregate),
		Events: events,
		Views:  boltstore.NewViews(),
	})
	post := httptest.NewRequestWithContext(context.Background(), "POST", "/stock/product-1/receive", strings.NewReader(`{"quantity": 100}`))
	post.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	api.ServeHTTP(w, post)
	fmt.Println(w.Code, w.Header().Get("ETag"), w.Body)
	// Output: 200 "1" {"productId":"product-1","onHand":100,"reserved":0,"available":100,"version":1}
}
