package queue

import (
	"context"
	"errors"
	"log/slog"

	"github.com/daybook-es/daybook/pkg/publish"
	"github.com/daybook-es/daybook/pkg/returns"
)

// Returned returns the handler of a queue behind a rule for returned orders, to
// which something reacts. It answers with the messages that are not done, and
// logs once for each why.
func Returned(react returns.Reaction, log *slog.Logger) Handler {
	return Each(log, func(ctx context.Context, body []byte) error {
		e, err := Read(body, publish.ReturnedName)
		if err != nil {
			return &SenselessError{err}
		}
		err = react(ctx, e)
		if _, never := errors.AsType[*returns.SenselessError](err); never {
			return &SenselessError{err}
		}
		return err
	})
}
