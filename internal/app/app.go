// Package app wires the embedded run: events in one local file, views in
// memory, an outside world of sandboxes, the saga in this process, the API on
// one address.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/daybook-es/daybook/console"
	"github.com/daybook-es/daybook/internal/socket"
	"github.com/daybook-es/daybook/pkg/bleveindex"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/fulfilment/sandbox"
	"github.com/daybook-es/daybook/pkg/httpapi"
	"github.com/daybook-es/daybook/pkg/live"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/fulfilments"
	"github.com/daybook-es/daybook/pkg/readmodel/orderdetails"
	"github.com/daybook-es/daybook/pkg/readmodel/orderlist"
	"github.com/daybook-es/daybook/pkg/readmodel/sales"
	"github.com/daybook-es/daybook/pkg/readmodel/search"
	"github.com/daybook-es/daybook/pkg/readmodel/stocklevels"
	"github.com/daybook-es/daybook/pkg/saga"
)

// Tenant owns everything, until there is authentication.
const Tenant = "main"

// livePath is where the live flow is.
const livePath = "/live"

// Config says how the program is run. Demo is optional, and Addr where there is a
// Listener.
type Config struct {
	Addr string // to listen on: host:port
	Data string // folder, or ":memory:"
	Demo bool   // receive the demo stock
	Log  *slog.Logger

	Listener net.Listener        // instead of one on Addr; an App closes it
	Notifier fulfilment.Notifier // instead of the sandbox's
}

// An App is Daybook, listening.
type App struct {
	config    Config
	store     *boltstore.Store
	ledgers   *boltstore.Ledgers
	rows      readmodel.Store
	views     *projection.Runner
	index     *bleveindex.Index
	indexing  *projection.Follower
	errors    *lately
	world     *fulfilment.World
	runs      *saga.Runs
	reactions sync.WaitGroup // to returned orders, under way
	hub       *socket.Hub
	server    *http.Server
	listener  net.Listener
	demo      atomic.Bool // the demo stock is there, or is not wanted
}

// Open takes the data and the address. Whoever gets an App serves it, which
// closes it too. An error says what to do next.
func Open(ctx context.Context, c Config) (*App, error) {
	if c.Addr == "" && c.Listener == nil || c.Data == "" {
		return nil, errors.New("address or data folder is empty; choose them with --addr and --data, or DAYBOOK_ADDR and DAYBOOK_DATA")
	}
	store, err := boltstore.Open(inside(c.Data, "events.db"))
	if err != nil {
		return nil, err
	}
	ledgers, err := boltstore.OpenLedgers(inside(c.Data, "sandbox.db"))
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	listener := c.Listener
	if listener == nil {
		if listener, err = new(net.ListenConfig).Listen(ctx, "tcp", c.Addr); err != nil {
			return nil, errors.Join(listening(c.Addr, err), store.Close(), ledgers.Close())
		}
	}
	if c.Notifier == nil {
		c.Notifier = sandbox.Notifier(ledgers.Ledger("notifier"))
	}
	lately := keepErrors(c.Log.Handler())
	c.Log = slog.New(lately)
	rows, index := boltstore.NewViews(), bleveindex.New(inside(c.Data, "search.bleve"), c.Log)
	a := &App{
		config:   c,
		store:    store,
		ledgers:  ledgers,
		rows:     rows,
		listener: httpapi.Listener(listener),
		views: projection.NewRunner(store, store, c.Log,
			orderdetails.New(rows, store), orderlist.New(rows, store), stocklevels.New(rows, store), fulfilments.New(rows, store),
			sales.New(rows, store)),
		index:    index,
		errors:   lately,
		indexing: projection.NewFollower(store, c.Log, search.New(index, store), index),
		world: fulfilment.NewWorld(store, Tenant,
			sandbox.Gateway(ledgers.Ledger("gateway")), sandbox.Carrier(ledgers.Ledger("carrier")), c.Notifier),
	}
	a.runs = saga.New(fulfilment.Process(a.world), store, Tenant, c.Log)
	a.demo.Store(!c.Demo)
	book := boltstore.NewJournal(store)
	a.hub = socket.New(&live.Source{Tenant: Tenant, Events: store, Journal: book}, store, c.Log)
	a.server = &http.Server{
		Handler: socket.Handler(a.hub, console.Handler(httpapi.New(httpapi.Config{
			Tenant: Tenant, Orders: a.world.Orders, Stock: a.world.Stock,
			Events: store, Views: rows, Journal: book, Settled: a.views.Settled, Search: index, Searchable: a.indexing.Settled,
			Live: func(context.Context) (string, error) { return livePath, nil }, System: a.system, Ready: a.ready, Log: c.Log,
		}), livePath)),
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     slog.NewLogLogger(c.Log.Handler(), slog.LevelDebug),
	}
	return a, nil
}

// URL returns the address at which the App answers.
func (a *App) URL() string {
	addr := a.listener.Addr().(*net.TCPAddr).AddrPort()
	if addr.Addr().IsUnspecified() { // it listens on every address: this one is near
		addr = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), addr.Port())
	}
	return "http://" + addr.String()
}

// Handler returns the handler of all routes, for a test that serves them in another
// way.
func (a *App) Handler() http.Handler { return a.server.Handler }

func (a *App) ready() bool { return a.demo.Load() && a.views.Ready() }

// grace is how long requests in flight may take once the program is told to stop.
const grace = 10 * time.Second

// Serve serves until ctx ends, lets what is in flight finish, and closes.
func (a *App) Serve(ctx context.Context) error {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	viewing, indexing, telling := make(chan error, 1), make(chan error, 1), make(chan error, 1)
	serving, demo, fulfilling := make(chan error, 1), make(chan error, 1), make(chan error, 1)
	go func() { viewing <- a.views.Run(work) }()
	go func() { indexing <- a.runIndex(work) }()
	go func() { telling <- a.hub.Run(work) }()
	go func() { serving <- a.server.Serve(a.listener) }()
	go func() { demo <- a.receiveDemo(work) }()
	go func() { fulfilling <- a.fulfil(work) }()

	var err error
	for waiting := true; waiting; {
		select {
		case <-ctx.Done():
			waiting = false
		case err = <-serving:
			waiting = false
		case err = <-demo:
			demo, waiting = nil, err == nil
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if stopped := a.server.Shutdown(last); stopped != nil {
		err = errors.Join(err, fmt.Errorf("requests still in flight after %v were cut off: %w", grace, stopped), a.server.Close())
	}
	stop()
	for _, ended := range []chan error{viewing, indexing, telling, fulfilling} {
		if e := <-ended; !errors.Is(e, context.Canceled) {
			err = errors.Join(err, e)
		}
	}
	if demo != nil {
		if received := <-demo; !errors.Is(received, context.Canceled) {
			err = errors.Join(err, received)
		}
	}
	return errors.Join(err, a.index.Close(), a.store.Close(), a.ledgers.Close())
}

// runIndex keeps the index, once the views have caught up: nothing at a start
// waits for it, so it does not hold that up either.
func (a *App) runIndex(ctx context.Context) error {
	if err := a.views.Settled(ctx); err != nil {
		return err
	}
	return a.indexing.Run(ctx)
}

// inside returns the path of a file in the data folder.
func inside(data, file string) string {
	if data == boltstore.Memory {
		return data
	}
	return filepath.Join(data, file)
}

// listening says what to do when the address cannot be had.
func listening(addr string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%s is taken by another program; stop that one, or choose another address with --addr or DAYBOOK_ADDR", addr)
	default:
		return fmt.Errorf("%w; choose an address such as 127.0.0.1:8080 with --addr or DAYBOOK_ADDR", err)
	}
}
