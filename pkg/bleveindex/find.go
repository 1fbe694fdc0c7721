package bleveindex

import (
	"context"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/search/query"

	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/search"
)

// Find implements [search.Index], over what is saved.
func (x *Index) Find(ctx context.Context, p search.Page) (rows []readmodel.Row, err error) {
	x.mu.Lock()
	index := x.index
	x.mu.Unlock()
	if index == nil {
		return nil, wrap("find", errNotOpen)
	}
	err = guarded(func() error {
		found, err := index.SearchInContext(ctx, asked(p))
		if err != nil {
			return err
		}
		for _, hit := range found.Hits {
			var row readmodel.Row
			text, _ := hit.Fields[rowField].(string)
			if err := decode([]byte(text), &row); err != nil {
				return err
			}
			rows = append(rows, row)
		}
		return nil
	})
	return rows, wrap("find", err)
}

func asked(p search.Page) *bleve.SearchRequest {
	all := []query.Query{term(tenantField, p.Tenant)}
	for _, word := range p.Words {
		all = append(all, term(wordsField, word))
	}
	request := bleve.NewSearchRequestOptions(bleve.NewConjunctionQuery(all...), p.Limit, 0, false)
	request.Fields = []string{rowField}
	request.SortBy([]string{"-" + sortField, "-" + idField})
	if p.After != (readmodel.Place{}) {
		request.SetSearchAfter([]string{p.After.Sort, p.After.ID})
	}
	request.Score = "none"
	return request
}

func term(field, text string) query.Query {
	q := bleve.NewTermQuery(text)
	q.SetField(field)
	return q
}
