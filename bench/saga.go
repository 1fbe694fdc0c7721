package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.etcd.io/bbolt"
)

// appendsOf and changesOf are what a happy order of one product writes, its
// memo included, and what its gateway, carrier and notifier note down.
const (
	appendsOf = 17
	changesOf = 3
)

// sagas compares orders a second through the whole saga, over HTTP, from 16
// clients on distinct products, with 16 that do as many bare bbolt updates of as
// many bytes: an update each, as one has them who knows of no groups.
func sagas(ctx context.Context) ([]figure, error) {
	dir, err := os.MkdirTemp("", "daybook-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	url, stop, err := serve(ctx, dir)
	if err != nil {
		return nil, err
	}
	db, err := bbolt.Open(filepath.Join(dir, "bare.db"), 0o600, nil)
	if err != nil {
		return nil, errors.Join(err, stop())
	}

	const each, rounds = 10, 9
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}, Timeout: 30 * time.Second}
	ours := sixteen(func(ctx context.Context, n int) error {
		product := fmt.Sprint("product-", n)
		if _, err := call(ctx, client, http.MethodPost, url+"/stock/"+product+"/receive", fmt.Sprintf(`{"quantity":%d}`, each)); err != nil {
			return err
		}
		return times(each, func(ctx context.Context) error { return shipped(ctx, client, url, product) })(ctx)
	})
	item := bytes.Repeat([]byte("x"), 450)
	bare := sixteen(func(ctx context.Context, n int) error {
		return times(each*(appendsOf+changesOf), func(context.Context) error {
			return db.Update(func(tx *bbolt.Tx) error {
				b, err := tx.CreateBucketIfNotExists([]byte("events"))
				if err != nil {
					return err
				}
				next, err := b.NextSequence()
				if err != nil {
					return err
				}
				return b.Put(fmt.Appendf(nil, "main/order/%d\x00%08d", n, next), item)
			})
		})(ctx)
	})
	r, err := pairs(ctx, "sagas vs bare bbolt", rounds, ours, bare)
	err = errors.Join(err, stop(), db.Close())
	rate := ratio{median: 1 / r.median, low: 1 / r.high, high: 1 / r.low}
	return []figure{rate.atLeast("embedded: orders a second through the whole saga over HTTP, 16 clients",
		fmt.Sprintf("%d bare `bbolt` updates of the same bytes for each order", appendsOf+changesOf), 0.50)}, err
}

// sixteen lets 16 clients do it at once.
func sixteen(do func(ctx context.Context, n int) error) func(context.Context) error {
	return func(ctx context.Context) error {
		failed := make(chan error, 16)
		var wg sync.WaitGroup
		for n := range 16 {
			wg.Go(func() { failed <- do(ctx, n) })
		}
		wg.Wait()
		close(failed)
		var err error
		for e := range failed {
			err = errors.Join(err, e)
		}
		return err
	}
}

// shipped places and submits an order, and looks until its run has succeeded.
func shipped(ctx context.Context, client *http.Client, url, product string) error {
	placed, err := call(ctx, client, http.MethodPost, url+"/orders", `{"customerId":"cust-456","items":[{"productId":"`+product+
		`","quantity":1,"unitPrice":{"amount":2999,"currency":"USD"}}],"shippingAddress":{"name":"Ada Lovelace","line1":"12 St James Sq",`+
		`"city":"London","postalCode":"SW1Y 4JH","country":"GB"},"paymentMethod":"tok_ok"}`)
	if err != nil {
		return err
	}
	order := url + "/orders/" + placed.ID
	if _, err := call(ctx, client, http.MethodPost, order+"/submit", ""); err != nil {
		return err
	}
	for {
		run, err := call(ctx, client, http.MethodGet, order+"/fulfilment", "")
		switch {
		case err != nil:
			return err
		case run.Status == "succeeded":
			return nil
		case run.Status != "running":
			return fmt.Errorf("%s is %s", order, run.Status)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

type said struct{ ID, Status string }

func call(ctx context.Context, client *http.Client, method, url, body string) (got said, err error) {
	r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader([]byte(body)))
	if err != nil {
		return got, err
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := client.Do(r)
	if err != nil {
		return got, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= http.StatusMultipleChoices {
		err = fmt.Errorf("%s: %s: %s", url, answer.Status, text)
	}
	if err == nil {
		err = json.Unmarshal(text, &got)
	}
	return got, err
}
