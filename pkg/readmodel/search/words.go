package search

import (
	"slices"
	"strings"
	"unicode"
)

// longestWord is how many characters of a word count.
const longestWord = 64

// Words returns the words of the texts, sorted, each once: what stands between
// characters that are neither letter nor digit, in lower case. Of a script that
// is written without spaces each character is a word.
func Words(texts ...string) []string {
	var words []string
	for _, text := range texts {
		var word []rune
		end := func() {
			if len(word) > 0 {
				words = append(words, string(word[:min(len(word), longestWord)]))
			}
			word = word[:0]
		}
		for _, r := range text {
			switch {
			case !unicode.In(r, unicode.Letter, unicode.Number, unicode.Mark):
				end()
			case unicode.In(r, unspaced...):
				end()
				word = append(word, r)
				end()
			default:
				word = append(word, unicode.ToLower(r))
			}
		}
		end()
	}
	slices.SortFunc(words, strings.Compare)
	return slices.Compact(words)
}

// unspaced are the scripts that are written without spaces.
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}
