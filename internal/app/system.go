package app

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/daybook-es/daybook/pkg/httpapi"
)

// system says how the runner of the views and the follower of the index stand, and
// what the log was told of errors since the start.
func (a *App) system(ctx context.Context, _ int) (httpapi.System, error) {
	return httpapi.System{
		Projectors: []httpapi.Projector{{Name: "views", Standing: a.views.Standing(ctx)}, {Name: "search", Standing: a.indexing.Standing(ctx)}},
		Errors:     a.errors.newest(),
	}, ctx.Err()
}

// keptErrors is how many errors are remembered.
const keptErrors = 20

// shown are the attributes of a line that say what it is about. What else there is,
// an error's text above all, may hold anything, and stays in the log.
var shown = []string{"stream", "version", "view", "in", "for", "saga", "run", "correlation"}

// lately passes lines on to a log, and remembers the newest errors among them.
type lately struct {
	slog.Handler
	*kept
	about []slog.Attr // of every line
}

type kept struct {
	mu   sync.Mutex
	from time.Time
	all  []httpapi.ErrorLine // oldest first
}

func keepErrors(h slog.Handler) *lately {
	return &lately{Handler: h, kept: &kept{from: time.Now().UTC()}}
}

// Enabled implements [slog.Handler]. Errors are remembered, whatever the log leaves
// out.
func (l *lately) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelError || l.Handler.Enabled(ctx, level)
}

// Handle implements [slog.Handler].
func (l *lately) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelError {
		l.keep(r)
	}
	if !l.Handler.Enabled(ctx, r.Level) {
		return nil
	}
	return l.Handler.Handle(ctx, r)
}

func (l *lately) keep(r slog.Record) {
	line := httpapi.ErrorLine{At: r.Time.UTC(), Message: r.Message, About: make(map[string]string)}
	add := func(a slog.Attr) bool {
		if slices.Contains(shown, a.Key) {
			line.About[a.Key] = a.Value.String()
		}
		return true
	}
	for _, a := range l.about {
		add(a)
	}
	r.Attrs(add)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all[max(0, len(l.all)-keptErrors+1):], line)
}

// WithAttrs implements [slog.Handler].
func (l *lately) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &lately{l.Handler.WithAttrs(attrs), l.kept, append(slices.Clip(l.about), attrs...)}
}

// WithGroup implements [slog.Handler].
func (l *lately) WithGroup(name string) slog.Handler {
	return &lately{l.Handler.WithGroup(name), l.kept, l.about}
}

func (l *lately) newest() *httpapi.Errors {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := append([]httpapi.ErrorLine{}, l.all...)
	slices.Reverse(all)
	return &httpapi.Errors{Since: l.from, Items: all}
}
