// Daybook is one program for people: it serves the whole system from one local
// file.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/daybook-es/daybook/internal/app"
)

type verbs struct {
	Serve   serve     `cmd:"" help:"Serve the API, with the events in one local file."`
	Saga    sagaVerbs `cmd:"" help:"What happens to a submitted order."`
	Version version   `cmd:"" help:"Print the version."`
}

type serve struct {
	Addr     string     `default:"127.0.0.1:8080" env:"DAYBOOK_ADDR" help:"Address to listen on (${env})."`
	Data     string     `default:".daybook" env:"DAYBOOK_DATA" help:"Folder of the data, made if it is not there; :memory: keeps nothing (${env})."`
	Demo     bool       `help:"Receive the demo stock, once: 100 of product-1, 50 of product-2."`
	LogLevel slog.Level `default:"info" env:"DAYBOOK_LOG_LEVEL" help:"Least level that is logged: debug, info, warn or error (${env})."`
}

// Run serves until the program is told to stop.
func (s serve) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	log := slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: s.LogLevel}))
	a, err := app.Open(ctx, app.Config{Addr: s.Addr, Data: s.Data, Demo: s.Demo, Log: log})
	if err != nil {
		return err
	}
	fmt.Print(a.Welcome())
	return a.Serve(ctx)
}

type version struct{}

// Run prints the version.
func (version) Run() error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return fmt.Errorf("this program does not know its version; build it with go build")
	}
	fmt.Println("daybook", info.Main.Version, info.GoVersion)
	return nil
}

func main() {
	verbs := kong.Parse(new(verbs), kong.Name("daybook"), kong.UsageOnError(),
		kong.Description("An event-sourced system for orders, stock, payments and shipments."))
	if err := verbs.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "daybook:", err)
		os.Exit(1)
	}
}
