// Package gateway serves an [http.Handler] behind an HTTP API of API Gateway:
// events of payload format 2.0 in, responses out.
//
// It never returns an error, which API Gateway would answer with words of its
// own: whatever goes wrong is a problem of the API.
package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/daybook-es/daybook/pkg/httpapi"
)

const (
	// margin is what is left of the function's time when a request's ends: it is
	// answered then, and not cut off.
	margin = 500 * time.Millisecond
	// largest is what Lambda takes as a response, in bytes.
	largest = 6 << 20
)

// A Gateway is a Lambda function that serves HTTP.
type Gateway struct {
	handler http.Handler
	log     *slog.Logger
}

var _ lambda.Handler = (*Gateway)(nil)

// New returns the function that serves a handler. It logs what goes wrong around
// it, once.
func New(handler http.Handler, log *slog.Logger) *Gateway {
	return &Gateway{handler: handler, log: log}
}

// Invoke implements [lambda.Handler]; its error is nil.
func (g *Gateway) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	if end, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, end.Add(-margin))
		defer cancel()
	}
	r, err := request(ctx, event)
	if err != nil {
		return g.fault((&http.Request{}).WithContext(ctx), err), nil
	}
	w := newWriter()
	if err := g.serve(w, r); err != nil {
		return g.fault(r, err), nil
	}
	answer := w.answer(r)
	if len(answer) > largest {
		return g.fault(r, fmt.Errorf("the answer to %s %s has %d bytes; Lambda takes %d", r.Method, r.URL.Path, len(answer), largest)), nil
	}
	return answer, nil
}

func (g *Gateway) serve(w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	g.handler.ServeHTTP(w, r)
	return nil
}

func (g *Gateway) fault(r *http.Request, err error) []byte {
	w := newWriter()
	httpapi.Fault(w, r, err, g.log)
	return w.answer(r)
}

// Actor returns the subject of the token by which API Gateway let the request
// in, empty where it asked for none.
func Actor(r *http.Request) string {
	subject, _ := r.Context().Value(subjectKey{}).(string)
	return subject
}

type subjectKey struct{}

// errForm is a mistake of the template's, or of who invokes the function.
var errForm = errors.New("the event is no request of an HTTP API; its integration needs PayloadFormatVersion 2.0")

// decode reads an event and holds it against its form.
func decode(event []byte) (e events.APIGatewayV2HTTPRequest, err error) {
	if err := json.Unmarshal(event, &e); err != nil {
		return e, fmt.Errorf("%w: %w", errForm, err)
	}
	if e.Version != "2.0" || e.RequestContext.HTTP.Method == "" {
		return e, fmt.Errorf("%w: it has version %q and method %q", errForm, e.Version, e.RequestContext.HTTP.Method)
	}
	return e, nil
}
