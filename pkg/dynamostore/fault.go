package dynamostore

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// fault wraps an error of the SDK or of an item with its subject. It is the
// context's when that has ended, and [eventstore.ErrUnavailable] when it may
// pass by itself.
func fault(ctx context.Context, subject string, err error) error {
	switch ended := ctx.Err(); {
	case ended != nil:
		return fmt.Errorf("%s: %w", subject, ended)
	case passes(err):
		return fmt.Errorf("%s: %w: %w", subject, eventstore.ErrUnavailable, err)
	default:
		return fmt.Errorf("%s: %w", subject, err)
	}
}

// passes reports whether the same request may succeed later: throttling, no
// connection, a failing server, or an answer that did not arrive whole. The SDK
// has tried several times when it gives up, and keeps the list of what it tries
// again; what it does not is added here.
func passes(err error) bool {
	if retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(err) == aws.TrueTernary {
		return true
	}
	if answer, ok := errors.AsType[interface {
		error
		HTTPStatusCode() int
	}](err); ok && answer.HTTPStatusCode() >= http.StatusInternalServerError {
		return true
	}
	if refused, ok := errors.AsType[smithy.APIError](err); ok {
		switch refused.ErrorCode() {
		case "TransactionConflictException", "ReplicatedWriteConflictException":
			return true
		}
		return cancelled(err, "ThrottlingError", "ProvisionedThroughputExceeded")
	}
	_, unsent := errors.AsType[*smithyhttp.RequestSendError](err)
	_, garbled := errors.AsType[*smithy.DeserializationError](err)
	return unsent || garbled
}
