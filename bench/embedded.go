package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"

	"github.com/daybook-es/daybook/internal/app"
)

// embedded compares appends a second over HTTP, from 16 clients on distinct
// streams, with a bare handler that writes the same bytes in one bbolt Update.
func embedded(ctx context.Context) ([]figure, error) {
	dir, err := os.MkdirTemp("", "daybook-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)

	url, stop, err := serve(ctx, dir)
	if err != nil {
		return nil, err
	}
	bare, closeBare, err := bareHandler(ctx, filepath.Join(dir, "bare.db"))
	if err != nil {
		return nil, errors.Join(err, stop())
	}

	const each, rounds = 100, 15
	r, err := pairs(ctx, "embedded vs bare bbolt, over HTTP", rounds,
		clients(url, each), clients(bare, each))
	err = errors.Join(err, stop(), closeBare())
	rate := ratio{median: 1 / r.median, low: 1 / r.high, high: 1 / r.low}
	return []figure{rate.atLeast("embedded: appends a second over HTTP, 16 clients", "bare handler, one `bbolt` `Update` of the same bytes", 0.70)}, err
}

// serve runs the program over a folder until it is told to stop.
func serve(ctx context.Context, dir string) (url string, stop func() error, err error) {
	program, err := app.Open(ctx, app.Config{Addr: "127.0.0.1:0", Data: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return "", nil, err
	}
	serving, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- program.Serve(serving) }()
	return program.URL(), func() error { cancel(); return <-ended }, nil
}

const receipt = `{"quantity":1}`

// clients lets 16 clients send so many receipts each, of a product of its own.
func clients(url string, each int) func(context.Context) error {
	transport := &http.Transport{MaxIdleConnsPerHost: 16}
	client := &http.Client{Transport: transport, Timeout: 30 * time.Second}
	return sixteen(func(ctx context.Context, n int) error {
		return times(each, func(ctx context.Context) error {
			return post(ctx, client, fmt.Sprintf("%s/stock/product-%d/receive", url, n))
		})(ctx)
	})
}

func post(ctx context.Context, client *http.Client, url string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader([]byte(receipt)))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", url, answer.Status, body)
	}
	return err
}

// bareHandler serves what is left when everything but the write is taken away:
// it stores as many bytes as a receipt's item has, and answers as many.
func bareHandler(ctx context.Context, path string) (url string, stop func() error, err error) {
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		return "", nil, err
	}
	item := bytes.Repeat([]byte("x"), 450)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		err := db.Update(func(tx *bbolt.Tx) error {
			b, err := tx.CreateBucketIfNotExists([]byte("events"))
			if err != nil {
				return err
			}
			n, err := b.NextSequence()
			if err != nil {
				return err
			}
			return b.Put(fmt.Appendf(nil, "main%s\x00%08d", r.URL.Path, n), item)
		})
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"productId":"product-1","onHand":100,"reserved":0,"available":100,"version":1}`)
	})
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, errors.Join(err, db.Close())
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	return "http://" + listener.Addr().String(), func() error {
		err := server.Close()
		if e := <-ended; !errors.Is(e, http.ErrServerClosed) {
			err = errors.Join(err, e)
		}
		return errors.Join(err, db.Close())
	}, nil
}
