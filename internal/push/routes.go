package push

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/live"
)

// Routes answers the routes of the WebSocket API: $connect, $disconnect, and
// $default for every frame. Answers to frames are written to the connection, so
// that they stand in the order of what is told. A frame that fails here ends the
// connection: its client comes back.
func (t *Teller) Routes(ctx context.Context, e events.APIGatewayWebsocketProxyRequest) (events.APIGatewayProxyResponse, error) {
	if end, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, end.Add(-2*time.Second))
		defer cancel()
	}
	status, connection := http.StatusOK, e.RequestContext.ConnectionID
	var err error
	switch e.RequestContext.EventType {
	case "CONNECT":
		var good bool
		if good, err = t.Connections.Admit(ctx, connection, e.QueryStringParameters["ticket"]); err == nil && !good {
			status = http.StatusForbidden
		}
	case "DISCONNECT":
		err = t.Connections.Forget(ctx, connection)
	default:
		if err = t.frame(ctx, connection, []byte(e.Body)); err != nil {
			clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			err = errors.Join(err, t.end(clean, connection))
		}
	}
	if err != nil {
		t.Log.ErrorContext(ctx, "live: "+e.RequestContext.RouteKey+" failed", "err", err)
		status = http.StatusInternalServerError
	}
	return events.APIGatewayProxyResponse{StatusCode: status}, nil
}

// frame does what a client asks for.
func (t *Teller) frame(ctx context.Context, connection string, body []byte) error {
	f, err := live.ParseFrame(body)
	switch {
	case err == nil && f.Subscribe != "":
		err = t.subscribe(ctx, connection, f)
	case err == nil:
		err = t.unsubscribe(ctx, connection, f.Unsubscribe)
	}
	if refusal, refused := errors.AsType[*live.Refusal](err); refused {
		err = t.say(ctx, connection, map[string]any{"error": refusal})
	}
	switch {
	case errors.Is(err, errGone):
		return t.Connections.Forget(ctx, connection)
	case errors.Is(err, errSlow):
		return t.end(ctx, connection)
	default:
		return err
	}
}

func (t *Teller) say(ctx context.Context, connection string, v map[string]any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return t.Line.post(ctx, connection, text)
}

func (t *Teller) subscribe(ctx context.Context, connection string, f live.Frame) error {
	if strings.HasPrefix(string(f.Subscribe), stock.Category+"/") { // nothing of it is on the bus
		return &live.Refusal{Code: "topic.unknown", Detail: "of a stock nothing is told here; subscribe to all, or ask GET /stock/{id} from time to time"}
	}
	place, err := t.Source.Begin(ctx, f.Subscribe, f.After)
	if err != nil {
		return err
	}
	l, err := t.Connections.Join(ctx, connection, string(f.Subscribe), place.Cursor())
	switch {
	case errors.Is(err, dynamostore.ErrSubscribed):
		return &live.Refusal{Code: "topic.subscribed", Detail: "you are subscribed to " + string(f.Subscribe) + " already; unsubscribe first to begin elsewhere"}
	case errors.Is(err, dynamostore.ErrTooMany):
		return &live.Refusal{Code: "topic.too_many", Detail: "a connection has at most 100 subscriptions; unsubscribe from some, or subscribe to all"}
	case err != nil:
		return err
	}
	if err := t.say(ctx, connection, map[string]any{"subscribed": f.Subscribe, "cursor": place.Cursor()}); err != nil {
		return err
	}
	return t.tell(ctx, l)
}

func (t *Teller) unsubscribe(ctx context.Context, connection string, topic live.Topic) error {
	was, err := t.Connections.Leave(ctx, connection, string(topic))
	if err != nil {
		return err
	}
	if !was {
		return &live.Refusal{Code: "topic.not_subscribed", Detail: "you are not subscribed to " + string(topic)}
	}
	return t.say(ctx, connection, map[string]any{"unsubscribed": topic})
}
