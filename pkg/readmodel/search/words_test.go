package search_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/daybook-es/daybook/pkg/readmodel/search"
)

func TestATextIsCutIntoWords(t *testing.T) {
	for text, want := range map[string][]string{
		"":                          nil,
		" \t\n – … -- ''":           nil,
		"Lamp":                      {"lamp"},
		"Blue lamp, blue LAMP.":     {"blue", "lamp"},
		"cust-456":                  {"456", "cust"},
		"TRK7F3A90C2D1B4":           {"trk7f3a90c2d1b4"},
		"O'Brien & Sons":            {"brien", "o", "sons"},
		"a@b.example_c":             {"a", "b", "c", "example"},
		"Łódź ÉTÉ straße ΣΟΦΙΑ Ёж":  {"straße", "été", "łódź", "ёж", "σοφια"},
		"e\u0301te\u0301":           {"e\u0301te\u0301"}, // a mark belongs to its letter
		"東京タワー":                     {"タ", "ワ", "ー", "京", "東"},
		"ランプ 2個 Blue":               {"2", "blue", "ラ", "ン", "プ", "個"},
		"½ ٣ Ⅷ 10²":                 {"10²", "½", "ⅷ", "٣"},
		"<script>alert(1)</script>": {"1", "alert", "script"},
		"bad \xff\xfe bytes":        {"bad", "bytes"},
		"nul\x00byte":               {"byte", "nul"},
		strings.Repeat("ŁX", 50):    {strings.Repeat("łx", 32)}, // 64 characters count
	} {
		slices.Sort(want)
		if got := search.Words(text); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	if got := search.Words("vase", "", "Lamp vase"); !slices.Equal(got, []string{"lamp", "vase"}) {
		t.Errorf("of several texts: %q", got)
	}
}

func FuzzWords(f *testing.F) {
	f.Add("Blue lamp", "O'Brien 東京")
	f.Fuzz(func(t *testing.T, a, b string) {
		words := search.Words(a, b)
		if again := search.Words(strings.Join(words, " ")); !slices.Equal(again, words) {
			t.Errorf("%q is cut into %q, and that into %q", []string{a, b}, words, again)
		}
	})
}
