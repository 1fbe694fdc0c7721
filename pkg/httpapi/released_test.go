package httpapi_test

import (
	"net/http"
	"testing"

	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain/stock"
)

func TestAProductThatWasOnlyReleasedIsNotThere(t *testing.T) {
	w := newWorld(t)
	if _, err := w.config.Stock.Do(t.Context(), "ghost", command.Request{}, stock.Release{OrderID: "order-1"}); err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{"/stock/ghost", "/stock/ghost?min_version=1", "/stock/ghost?min_version=7"} {
		w.do("GET", target, "").expect(t, target, http.StatusNotFound, "stock.not_received")
	}
	if got := w.do("GET", "/stock", ""); got.body != `{"items":[],"next":null}` {
		t.Errorf("the list shows %s", got.body)
	}
}
