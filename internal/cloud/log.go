package cloud

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/smithy-go/logging"
)

// logger returns a logger in Lambda's JSON format; an empty level is info.
func logger(w io.Writer, level string) (*slog.Logger, error) {
	var least slog.Level
	var err error
	if level != "" {
		if err = least.UnmarshalText([]byte(level)); err != nil {
			err = fmt.Errorf("%s is %q; it is debug, info, warn or error", LogLevel, level)
		}
	}
	return slog.New(withRequest{slog.NewJSONHandler(w, &slog.HandlerOptions{Level: least, ReplaceAttr: lambdacontext.ReplaceAttr})}), err
}

// withRequest adds the id under which Lambda knows the invocation.
type withRequest struct{ slog.Handler }

// Handle implements [slog.Handler].
func (h withRequest) Handle(ctx context.Context, r slog.Record) error {
	if invocation, ok := lambdacontext.FromContext(ctx); ok {
		r.AddAttrs(slog.String("requestId", invocation.AwsRequestID))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements [slog.Handler].
func (h withRequest) WithAttrs(attrs []slog.Attr) slog.Handler {
	return withRequest{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements [slog.Handler].
func (h withRequest) WithGroup(name string) slog.Handler {
	return withRequest{h.Handler.WithGroup(name)}
}

// sdkLogger lets the SDK write into a log.
func sdkLogger(log *slog.Logger) logging.Logger {
	return logging.LoggerFunc(func(class logging.Classification, format string, v ...any) {
		level := slog.LevelDebug
		if class == logging.Warn {
			level = slog.LevelWarn
		}
		log.Log(context.Background(), level, fmt.Sprintf(format, v...), "by", "aws-sdk")
	})
}
