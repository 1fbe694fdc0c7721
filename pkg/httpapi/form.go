package httpapi

import (
	"strings"
	"unicode/utf8"

	"github.com/daybook-es/daybook/pkg/domain"
)

// A form is what a text must look like, and how that is said.
type form struct {
	says string
	ok   func(string) bool
}

var (
	idForm = form{
		"an id: 1 to 64 letters, digits and . _ : @ -, of which the first is a letter or digit",
		func(s string) bool {
			return len(s) >= 1 && len(s) <= 64 && isAlphanumeric(rune(s[0])) && !strings.ContainsFunc(s, func(c rune) bool {
				return !isAlphanumeric(c) && !strings.ContainsRune("._:@-", c)
			})
		},
	}
	nameForm    = words(200) // of a person, a street, a city, an article
	reasonForm  = words(500)
	countryForm = form{"a country: two capital letters", func(s string) bool {
		return len(s) == 2 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
	}}
	emailForm = form{"an e-mail address: one @, at most 254 characters", func(s string) bool {
		return strings.Count(s, "@") == 1 && utf8.RuneCountInString(s) <= 254
	}}
	currencyForm = form{"a currency: a code of ISO 4217, such as USD", func(s string) bool { return domain.Currency(s).Valid() }}
	// anyForm leaves the choice to the core, which refuses what it does not know.
	anyForm = form{"a text", func(string) bool { return true }}
)

func isAlphanumeric(c rune) bool {
	return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9'
}

// words is a text that is not blank. Characters are counted, not bytes, and
// nothing is trimmed.
func words(most int) form {
	return form{"a text of 1 to " + plain(most) + " characters that is not blank", func(s string) bool {
		return utf8.RuneCountInString(s) <= most && strings.TrimSpace(s) != ""
	}}
}

// printable reports whether s is 1 to most characters from first to '~' of ASCII.
func printable(s string, first byte, most int) bool {
	for i := range len(s) {
		if s[i] < first || s[i] > '~' {
			return false
		}
	}
	return len(s) >= 1 && len(s) <= most
}
