package bleveindex

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/custom"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/keyword"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/whitespace"
	"github.com/blevesearch/bleve/v2/mapping"
	index "github.com/blevesearch/bleve_index_api"

	"github.com/daybook-es/daybook/pkg/readmodel"
)

// An entry is a row as bleve has it: its words with spaces between, and the whole
// of it as JSON, which is kept and not looked into.
type entry struct {
	Words  string `json:"words"`
	Tenant string `json:"tenant"`
	Sort   string `json:"sort"`
	ID     string `json:"id"`
	Row    string `json:"row"`
}

// Fields of an entry.
const (
	wordsField  = "words"
	tenantField = "tenant"
	sortField   = "sort"
	idField     = "id"
	rowField    = "row"
)

// nameOf names an entry; no tenant has a line break in it.
func nameOf(k readmodel.Key) string { return k.Tenant + "\n" + k.ID }

func entryOf(row readmodel.Row) (entry, error) {
	text, err := json.Marshal(row)
	return entry{Words: strings.Join(row.Lists, " "), Tenant: row.Tenant, Sort: row.Sort, ID: row.ID, Row: string(text)}, err
}

// rowOf reads the row of an entry that was found.
func rowOf(found index.Document, row *readmodel.Row) error {
	var text []byte
	found.VisitFields(func(f index.Field) {
		if f.Name() == rowField {
			text = f.Value()
		}
	})
	return decode(text, row)
}

// decode reads what was written here, or else the index is damaged.
func decode(text []byte, v any) error {
	if err := json.Unmarshal(text, v); err != nil {
		return damageError(err.Error())
	}
	return nil
}

// mapped says how bleve has an entry. The words are cut by package search, for
// all indexes alike; here they are taken as they come.
func mapped() mapping.IndexMapping {
	field := func(analyzer string, index, sorts bool) *mapping.FieldMapping {
		f := bleve.NewTextFieldMapping()
		f.Analyzer, f.Index, f.DocValues, f.Store = analyzer, index, sorts, !index
		f.IncludeInAll, f.IncludeTermVectors = false, false
		f.SkipFreqNorm = true
		return f
	}
	d := bleve.NewDocumentStaticMapping()
	d.AddFieldMappingsAt(wordsField, field("words", true, false))
	d.AddFieldMappingsAt(tenantField, field(keyword.Name, true, false))
	d.AddFieldMappingsAt(sortField, field(keyword.Name, true, true))
	d.AddFieldMappingsAt(idField, field(keyword.Name, true, true))
	d.AddFieldMappingsAt(rowField, field(keyword.Name, false, false))
	m := bleve.NewIndexMapping()
	m.DefaultMapping = d
	if err := m.AddCustomAnalyzer("words", map[string]any{"type": custom.Name, "tokenizer": whitespace.Name}); err != nil {
		panic(fmt.Sprintf("bleveindex: %v", err)) // both names are bleve's own
	}
	return m
}
