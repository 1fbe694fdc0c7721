package machine_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

func TestWhatThereIsNoTimeForComesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		w.slow = 20 * time.Second
		answer, err := w.starter().Queue()(ctx, batch(submitted("main", "order-1"), submitted("main", "order-2"), submitted("main", "order-3")))
		if got := fmt.Sprint(answer.BatchItemFailures); err != nil || got != "[{b} {c}]" || ctx.Err() != nil {
			t.Errorf("not taken: %s, %v, %v", got, err, ctx.Err())
		}
	})
}
