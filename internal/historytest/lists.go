package historytest

import (
	"encoding/json"
	"fmt"
	"reflect"

	"pgregory.net/rapid"

	"github.com/daybook-es/daybook/pkg/readmodel"
)

// page is how much of a list is read at once: there are several pages.
func (h *History) page() int { return len(h.ids)/3 + 1 }

// list reads a list page by page, and compares it.
func list[T any](t *rapid.T, what string, want []T, read func(after readmodel.Place) ([]T, *readmodel.Place, error)) {
	var got []T
	for after := new(readmodel.Place); after != nil; {
		page, next, err := read(*after)
		if err != nil || len(page) == 0 && next != nil {
			t.Fatalf("%s: a page after %v of %d, that goes on after %v: %v", what, *after, len(page), next, err)
		}
		if got, after = append(got, page...), next; len(got) > len(want) {
			break
		}
	}
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("%s, number %d: got %s\nwant %s", what, i+1, number(got, i), number(want, i))
		}
	}
}

func number[T any](all []T, i int) string {
	if i >= len(all) {
		return "nothing"
	}
	return text(all[i])
}

// text is what somebody who reads of a failure can read.
func text(of any) string {
	json, err := json.Marshal(of)
	if err != nil {
		return fmt.Sprintf("%+v", of)
	}
	return string(json)
}
