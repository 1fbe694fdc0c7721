package gateway

import (
	"context"

	"github.com/daybook-es/daybook/internal/stream"
	"github.com/daybook-es/daybook/pkg/httpapi"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel/search"
)

// system says what the table of views tells of those who keep them. How far they
// are behind, the stream and the queue that feed them know alone.
func system(tenant string, parked *stream.ParkedStreams) func(context.Context, int) (httpapi.System, error) {
	return func(ctx context.Context, most int) (httpapi.System, error) {
		skipped, err := parked.List(ctx, tenant, most)
		return httpapi.System{Projectors: []httpapi.Projector{
			{Name: "views", Standing: projection.Standing{Views: parked.Views(), Parked: skipped}},
			{Name: "search", Standing: projection.Standing{Views: []string{search.View}}},
		}}, err
	}
}
