package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/daybook-es/daybook/internal/app"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/stock"
)

// starts tells how long the program takes from its start until it is ready, with
// 100,000 events in its file: 20,000 orders of four, and 20,000 receipts.
func starts(ctx context.Context) ([]figure, error) {
	dir, err := os.MkdirTemp("", "daybook-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := fill(ctx, filepath.Join(dir, "events.db")); err != nil {
		return nil, err
	}
	var took []float64
	for n := range 5 {
		progress("start with 100,000 events", n, 5)
		seconds, err := ready(ctx, dir)
		if err != nil {
			return nil, err
		}
		took = append(took, seconds)
	}
	progress("start with 100,000 events", 5, 5)
	r := quartiles(took)
	return []figure{{
		what: "ready after a start with 100,000 events in the file", control: "–",
		value: fmt.Sprintf("%.2f s", r.median), spread: r.spread(), goal: "≤ 3 s", met: r.median <= 3,
	}}, nil
}

func fill(ctx context.Context, path string) error {
	store, err := boltstore.Open(path)
	if err != nil {
		return err
	}
	orders := command.New(store, app.Tenant, order.Aggregate)
	products := command.New(store, app.Tenant, stock.Aggregate)
	const workers, each = 200, 100
	failed := make(chan error, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for n := range each {
				id := fmt.Sprintf("order-%d-%d", w, n)
				for _, c := range []domain.Command[order.State, order.Event]{
					placing(item(1, goods[0]), item(2, goods[1])),
					order.AddItem{Item: item(3, goods[2]), At: noon},
					order.AddItem{Item: item(4, goods[3]), At: noon},
					order.Cancel{Reason: "changed my mind", At: noon},
				} {
					if _, err := orders.Do(ctx, id, command.Request{Actor: "client"}, c); err != nil {
						failed <- err
						return
					}
				}
				if _, err := products.Do(ctx, fmt.Sprint("product-", w), command.Request{Actor: "client"}, stock.Receive{Quantity: 1, At: noon}); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(failed)
	return errors.Join(<-failed, store.Close())
}

// ready starts the program and returns how many seconds it took to be ready.
func ready(ctx context.Context, dir string) (seconds float64, err error) {
	begin := time.Now()
	url, stop, err := serve(ctx, dir)
	if err != nil {
		return 0, err
	}
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/healthz", http.NoBody)
		if err != nil {
			return 0, errors.Join(err, stop())
		}
		answer, err := http.DefaultClient.Do(r)
		if err == nil {
			err = answer.Body.Close()
		}
		if err != nil || answer.StatusCode == http.StatusOK {
			seconds = time.Since(begin).Seconds()
			return seconds, errors.Join(err, stop())
		}
		time.Sleep(10 * time.Millisecond)
	}
}
