package historytest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"pgregory.net/rapid"

	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/orderlist"
	"github.com/daybook-es/daybook/pkg/readmodel/search"
)

// wordsOf returns the words of texts that are spelled in Latin.
func wordsOf(texts ...string) []string {
	return strings.FieldsFunc(strings.ToLower(strings.Join(texts, " ")), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// A found order has words by the field in which they stand.
type found struct {
	line   orderlist.Line
	fields [5]field
}

type field struct {
	name  string
	words []string
}

func (f found) has(word string) bool {
	return slices.ContainsFunc(f.fields[:], func(f field) bool { return slices.Contains(f.words, word) })
}

// findable returns the orders, newest first.
func (h *History) findable() (all []found) {
	for _, id := range h.ids {
		s := h.orders[id]
		if s.Status == order.StatusNone {
			continue
		}
		var items []string
		for _, i := range s.Items {
			items = append(items, string(i.ProductID), i.Name)
		}
		all = append(all, found{h.line(id), [5]field{
			{"customerId", wordsOf(string(s.CustomerID))},
			{"recipient", wordsOf(h.placed[id].Recipient.Name)},
			{"items", wordsOf(items...)},
			{"trackingNumber", wordsOf(h.shipments[id].TrackingNumber)},
			{"cancelReason", wordsOf(s.CancelReason)},
		}})
	}
	slices.SortFunc(all, func(a, b found) int { return newestFirst(a.line, b.line) })
	return all
}

// vocabulary is all that commands may say in what is searched, and a word that
// none says.
var vocabulary = wordsOf("ada bob grace hopper p 1 2 3 t lamp desk late changed my mind nothing")

// AgreesOnWords checks that an index finds each order by exactly the words that
// it has, alone and together.
func (h *History) AgreesOnWords(t *rapid.T, index search.Index) {
	all := h.findable()
	asked := make(map[string]bool)
	for _, word := range vocabulary {
		asked[word] = true
	}
	for n, f := range all {
		var words []string
		for _, in := range f.fields {
			words = append(words, in.words...)
		}
		if i := slices.IndexFunc(words, func(w string) bool { return !slices.Contains(vocabulary, w) }); i >= 0 {
			t.Fatalf("the vocabulary lacks %q", words[i])
		}
		if n < 5 { // each costs a search
			asked[strings.Join(words, " ")] = true
		}
	}
	for _, text := range slices.Sorted(maps.Keys(asked)) {
		var want []search.Hit
		words := wordsOf(text)
		for _, f := range all {
			if slices.ContainsFunc(words, func(w string) bool { return !f.has(w) }) {
				continue
			}
			hit := search.Hit{Line: f.line, Matched: []string{}}
			for _, in := range f.fields {
				if slices.ContainsFunc(in.words, func(w string) bool { return slices.Contains(words, w) }) {
					hit.Matched = append(hit.Matched, in.name)
				}
			}
			want = append(want, hit)
		}
		list(t, fmt.Sprintf("search for %q", text), want, func(after readmodel.Place) ([]search.Hit, *readmodel.Place, error) {
			return search.Find(context.Background(), index, h.Tenant, search.Query{Text: text, After: after, Limit: len(h.ids)})
		})
	}
}
