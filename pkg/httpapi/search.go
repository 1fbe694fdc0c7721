package httpapi

import (
	"context"
	"unicode/utf8"

	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/search"
)

// longestSearch is how many characters may be searched for.
const longestSearch = 200

func (a *api) search(c *call) (answer, error) {
	q := search.Query{Text: c.query["q"]}
	if !utf8.ValidString(q.Text) || utf8.RuneCountInString(q.Text) > longestSearch || len(search.Words(q.Text)) == 0 {
		return answer{}, badQuery("q: a text of 1 to %d characters, with a letter or a digit in it", longestSearch)
	}
	in := backing{search.View, a.Search, []string{order.Category}, a.searchable}
	return pageOf(a, c, scope{a.Tenant, "search", q.Text}, in, func(ctx context.Context, after readmodel.Place, limit int) ([]search.Hit, *readmodel.Place, error) {
		q.After, q.Limit = after, limit
		return search.Find(ctx, a.Search, a.Tenant, q)
	})
}

// searchable waits until the index holds what was committed by now. It stands
// apart from the views, and may be far behind them while it is made anew.
func (a *api) searchable(ctx context.Context) error {
	if a.Searchable == nil {
		return nil
	}
	if a.Searchable(ctx) != nil {
		return behind("the search index is catching up with what was committed")
	}
	return nil
}
