package dynamostore

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/pkg/readmodel"
)

const (
	// maxPartition is how long a partition key may be, in bytes.
	maxPartition = 2048
	// maxSort is how long a sort key may be. Those of entries stay a character
	// below it, so that a bound that was cut off is on the same side of each.
	maxSort  = 1024
	maxPlace = maxSort - utf8.UTFMax
)

// at is the key of an item.
type at struct{ p, s string }

func rowAt(k readmodel.Key) at { return at{p: key(k.Tenant, k.View, "row", k.ID), s: "row"} }

// listOf returns the partition of a list, in which an entry's sort key is its
// place.
func listOf(view, tenant, list string) string { return key(tenant, view, "list", list) }

// entriesAt returns where a row stands in its lists, once where it names one
// twice.
func entriesAt(r readmodel.Row) []at {
	entries := make([]at, 0, len(r.Lists))
	for _, list := range r.Lists {
		e := at{p: listOf(r.View, r.Tenant, list), s: key(r.Sort, r.ID)}
		if !slices.Contains(entries, e) {
			entries = append(entries, e)
		}
	}
	return entries
}

// bound returns a place as one to begin after, whether a row could stand there
// or not.
func bound(p readmodel.Place) string { return cut(key(p.Sort, p.ID)) }

// cut returns a text as one that may stand in a condition on sort keys.
func cut(s string) string {
	if len(s) <= maxSort {
		return s
	}
	end := maxSort
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

func (a at) item() item {
	return item{"p": &types.AttributeValueMemberS{Value: a.p}, "s": &types.AttributeValueMemberS{Value: a.s}}
}

// of returns a copy of the item that stands here.
func (a at) of(i item) item {
	i = maps.Clone(i)
	maps.Copy(i, a.item())
	return i
}

// key returns texts as one, so that keys of as many texts sort as their texts do,
// one after the other, and different texts are different keys. A space ends a
// text, so what is no greater than its escape, '!', is escaped; and each byte of
// what may be no UTF-8 is the character of its number.
func key(texts ...string) string {
	var b strings.Builder
	for i, text := range texts {
		if i > 0 {
			b.WriteByte(' ')
		}
		for _, c := range []byte(text) {
			if c <= '!' {
				b.WriteByte('!')
				c += '@'
			}
			b.WriteRune(rune(c))
		}
	}
	return b.String()
}

// texts reads what key wrote, or reports false for anything else.
func texts(written string) (all []string, ok bool) {
	for text := range strings.SplitSeq(written, " ") {
		b, escaped := make([]byte, 0, len(text)), false
		for _, c := range text {
			switch {
			case escaped:
				b, escaped = append(b, byte(c-'@')), false
			case c == '!':
				escaped = true
			default:
				b = append(b, byte(c))
			}
		}
		all = append(all, string(b))
	}
	return all, key(all...) == written
}
