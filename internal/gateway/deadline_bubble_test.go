package gateway_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func TestARequestEndsBeforeTheFunctionsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		end := time.Now().Add(time.Minute)
		ctx, cancel := context.WithDeadline(t.Context(), end)
		defer cancel()
		var got time.Time
		g, _ := serving(func(_ http.ResponseWriter, r *http.Request) { got, _ = r.Context().Deadline() })
		if _, err := g.Invoke(ctx, event(t, "GET", "/", nil)); err != nil || got != end.Add(-500*time.Millisecond) {
			t.Errorf("it ends at %v, the function at %v: %v", got, end, err)
		}
	})
}
