package httpapi

import (
	"regexp"
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
		regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}$`).MatchString,
	}
	nameForm    = words(200) // of a person, a street, a city, an article
	reasonForm  = words(500)
	countryForm = form{"a country: two capital letters", regexp.MustCompile(`^[A-Z]{2}$`).MatchString}
	emailForm   = form{"an e-mail address: one @, at most 254 characters", func(s string) bool {
		return strings.Count(s, "@") == 1 && utf8.RuneCountInString(s) <= 254
	}}
	currencyForm = form{"a currency: a code of ISO 4217, such as USD", func(s string) bool { return domain.Currency(s).Valid() }}
	// anyForm leaves the choice to the core, which refuses what it does not know.
	anyForm = form{"a text", func(string) bool { return true }}
)

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
