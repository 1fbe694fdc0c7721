package cloud

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"runtime/debug"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"
)

// Start serves events by a handler, as [lambda.Start] does, and does not return.
// Where something is missing it says so and ends the program. The handler logs
// its errors itself; what never reaches it, and what it panics with, is logged
// here.
func (e *Environment) Start(handler any) {
	if err := e.Err(); err != nil {
		e.Log.Error("cannot start", "err", err)
		os.Exit(1)
	}
	slog.SetLogLoggerLevel(slog.LevelDebug) // Lambda's loop logs each error again
	slog.SetDefault(e.Log)
	lambda.Start(guard{lambda.NewHandler(handler), e.Log})
}

type guard struct {
	lambda.Handler
	log *slog.Logger
}

// Invoke implements [lambda.Handler]. After a panic Lambda starts the function
// anew: nobody knows what it left behind.
func (g guard) Invoke(ctx context.Context, event []byte) (answer []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			g.log.ErrorContext(ctx, "panic", "err", p, "stack", string(debug.Stack()))
			answer, err = nil, messages.InvokeResponse_Error{Type: "Fault", Message: "panic", ShouldExit: true}
		}
	}()
	answer, err = g.Handler.Invoke(ctx, event)
	if _, foreign := errors.AsType[*json.UnmarshalTypeError](err); foreign {
		g.log.ErrorContext(ctx, "event makes no sense", "err", err)
	}
	return answer, err
}
