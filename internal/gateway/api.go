package gateway

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/daybook-es/daybook/console"
	"github.com/daybook-es/daybook/internal/cloud"
	"github.com/daybook-es/daybook/internal/stream"
	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/httpapi"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/journal"
	"github.com/daybook-es/daybook/pkg/readmodel/search"
)

// Commands returns the API without the views, which no write asks. The template
// sends it no read.
func Commands(env *cloud.Environment) http.Handler {
	c := config(env, noViews{}, noViews{}, noViews{})
	c.System = noViews{}.system
	return httpapi.New(c)
}

// Queries returns the whole API, and the console before it. Its reads do not wait
// for the views, unless a version is asked for.
func Queries(env *cloud.Environment) http.Handler {
	views, all := env.Views(), env.Journal()
	c := config(env, views, env.Index(), all)
	c.System = system(env.Tenant, stream.NewParkedStreams(views, all))
	connections, address := env.Connections(), env.Flow()
	c.Live = func(ctx context.Context) (string, error) {
		ticket, err := connections.Ticket(ctx)
		return address + "?ticket=" + ticket, err
	}
	return console.Handler(httpapi.New(c), address)
}

func config(env *cloud.Environment, views readmodel.Store, index search.Index, all journal.Store) httpapi.Config {
	store := env.Events()
	return httpapi.Config{
		Tenant: env.Tenant,
		Orders: command.New(store, env.Tenant, order.Aggregate),
		Stock:  command.New(store, env.Tenant, stock.Aggregate),
		Events: store, Views: views, Search: index, Journal: all, Actor: Actor, Log: env.Log,
	}
}

// noViews are the views of a function that has none.
type noViews struct{}

var errNoViews = errors.New("this function has no views; reads belong to queries")

func (noViews) Get(context.Context, readmodel.Key) (readmodel.Row, error) {
	return readmodel.Row{}, errNoViews
}

func (noViews) Put(context.Context, readmodel.Row) error { return errNoViews }

func (noViews) List(context.Context, readmodel.Page) ([]readmodel.Row, error) {
	return nil, errNoViews
}

func (noViews) system(context.Context, int) (httpapi.System, error) {
	return httpapi.System{}, errNoViews
}

func (noViews) Find(context.Context, search.Page) ([]readmodel.Row, error) { return nil, errNoViews }

func (noViews) Totals(context.Context, readmodel.Group) ([]readmodel.Total, error) {
	return nil, errNoViews
}

func (noViews) Read(context.Context, journal.Page) ([]journal.Entry, journal.Cursor, error) {
	return nil, nil, errNoViews
}

func (noViews) End(context.Context, string) (journal.Cursor, error) { return nil, errNoViews }

func (noViews) Complete(context.Context, string) (time.Time, error) { return time.Time{}, errNoViews }
