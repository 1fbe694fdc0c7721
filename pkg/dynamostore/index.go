package dynamostore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/search"
)

// An Index is an inverted index in the table of views. A row is an item, and each
// of its words has a partition in which the row has an entry that says nothing but
// where it stands.
//
// A word's entry is there before the row says that it has the word, and stays when
// the row has lost it. So whoever looks reads the rows of the entries that agree,
// and leaves out those that do not hold the words: no order of writes, and no race,
// hides a row that does.
type Index struct {
	rows   *Views
	client ViewsClient
	table  string
}

var _ search.Index = (*Index)(nil)

// NewIndex returns the index in a table, which has the form that [Schema] says.
func NewIndex(client ViewsClient, table string) *Index {
	return &Index{rows: NewViews(client, table), client: client, table: table}
}

// worded is what a row of the index holds: its words, and its data.
type worded struct {
	Words []string        `json:"words"`
	Data  json.RawMessage `json:"data"`
}

// Get implements [search.Index].
func (x *Index) Get(ctx context.Context, key readmodel.Key) (readmodel.Row, error) {
	row, err := x.rows.Get(ctx, key)
	if err != nil || row.Revision == 0 {
		return row, err
	}
	var w worded
	if err := json.Unmarshal(row.Data, &w); err != nil {
		return readmodel.Row{}, fmt.Errorf("%s: %w", named(key), err)
	}
	row.Lists, row.Data = w.Words, w.Data
	return row, nil
}

// Put implements [search.Index]. It reads the row first, for the words that have
// entries already.
func (x *Index) Put(ctx context.Context, row readmodel.Row) error {
	last := readmodel.Row{Key: row.Key}
	if row.Revision > 0 {
		var err error
		if last, err = x.Get(ctx, row.Key); err != nil {
			return err
		}
	}
	if last.Revision != row.Revision {
		return readmodel.ErrRace
	}
	if last.Sort != row.Sort {
		last.Lists = nil // what entries it has stand elsewhere
	}
	data, err := json.Marshal(worded{row.Lists, row.Data})
	if err != nil {
		return fmt.Errorf("put %s: %w", named(row.Key), err)
	}
	var entries []types.TransactWriteItem
	for _, word := range row.Lists {
		if !slices.Contains(last.Lists, word) {
			e := at{p: wordAt(row.Tenant, word), s: key(row.Sort, row.ID)}
			entries = append(entries, types.TransactWriteItem{Put: &types.Put{TableName: &x.table, Item: e.item()}})
		}
	}
	for some := range slices.Chunk(entries, mostWrites) {
		_, err := x.client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: some})
		if raced(err) {
			return readmodel.ErrRace
		}
		if err != nil {
			return fault(ctx, "put words of "+named(row.Key), err)
		}
	}
	row.Lists, row.Data = nil, data
	return x.rows.Put(ctx, row)
}

// mostWrites is how many items one transaction writes at most.
const mostWrites = 100

// wordAt returns the partition of a word. Keys turn up in logs and metrics that
// are not ours, and a word may name a person, so the key has its hash.
func wordAt(tenant, word string) string {
	sum := sha256.Sum256([]byte(word))
	return key(tenant, search.View, "word", hex.EncodeToString(sum[:16]))
}

// Find implements [search.Index].
func (x *Index) Find(ctx context.Context, p search.Page) ([]readmodel.Row, error) {
	words := make([]*entries, len(p.Words))
	for i, word := range p.Words {
		words[i] = &entries{x: x, partition: wordAt(p.Tenant, word), size: int32(min(p.Limit, 100))}
	}
	var found []readmodel.Row
	after := bound(p.After)
	if p.After == (readmodel.Place{}) {
		after = ""
	}
	for len(found) < p.Limit {
		places, err := agreed(ctx, words, after, p.Limit-len(found))
		if err != nil || len(places) == 0 {
			return found, err
		}
		after = places[len(places)-1]
		rows, err := x.hold(ctx, p, places)
		if err != nil {
			return nil, err
		}
		found = append(found, rows...)
	}
	return found, nil
}

// atOnce is how many rows are read at the same time.
const atOnce = 10

// hold returns the rows at the places that hold the words, and stand there.
func (x *Index) hold(ctx context.Context, p search.Page, places []string) ([]readmodel.Row, error) {
	rows, errs := make([]readmodel.Row, len(places)), make([]error, len(places))
	for first := range slices.Chunk(indexes(places), atOnce) {
		var wg sync.WaitGroup
		for _, i := range first {
			wg.Go(func() {
				if at, ok := texts(places[i]); ok && len(at) == 2 {
					rows[i], errs[i] = x.Get(ctx, readmodel.Key{View: search.View, Tenant: p.Tenant, ID: at[1]})
				}
			})
		}
		wg.Wait()
	}
	var held []readmodel.Row
	for i, row := range rows {
		if key(row.Sort, row.ID) == places[i] && !slices.ContainsFunc(p.Words, func(w string) bool { return !slices.Contains(row.Lists, w) }) {
			held = append(held, row)
		}
	}
	return held, errors.Join(errs...)
}

func indexes(places []string) []int {
	all := make([]int, len(places))
	for i := range all {
		all[i] = i
	}
	return all
}
