package httpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
)

// How long what is answered may be kept. What says nothing else is not kept at
// all: writes, problems, and whether the program serves.
const (
	cacheNever      = "no-store"
	cacheRevalidate = "private, no-cache" // kept by the client, and asked again
	cacheDocument   = "public, max-age=300"
)

// A precondition holds the tags of an If-None-Match, without their quotes.
type precondition struct {
	any  bool // *
	tags []string
}

// ifNoneMatchOf reads If-None-Match; see RFC 9110, 13.1.2. Where it is there
// more than once the lists are one, as a gateway would make them.
func ifNoneMatchOf(h http.Header) (precondition, error) {
	given := h.Values("If-None-Match")
	rest := strings.Trim(strings.Join(given, ","), " \t")
	if len(given) == 0 {
		return precondition{}, nil
	}
	if rest == "*" {
		return precondition{any: true}, nil
	}
	var p precondition
	for rest = strings.TrimLeft(rest, ", \t"); rest != ""; {
		tag, after, ok := cutTag(strings.TrimPrefix(rest, "W/"))
		after = strings.TrimLeft(after, " \t")
		if !ok || after != "" && after[0] != ',' {
			return precondition{}, badNoneMatch()
		}
		p.tags = append(p.tags, tag)
		rest = strings.TrimLeft(after, ", \t")
	}
	if p.tags == nil {
		return precondition{}, badNoneMatch()
	}
	return p, nil
}

func badNoneMatch() error {
	return badHeader(`If-None-Match: *, or tags such as "3.x", with commas between them`)
}

// cutTag cuts a strong tag off the text, and takes its quotes off.
func cutTag(text string) (tag, after string, ok bool) {
	inner, opened := strings.CutPrefix(text, `"`)
	tag, after, closed := strings.Cut(inner, `"`)
	return tag, after, opened && closed && strong(`"`+tag+`"`)
}

// met reports whether the client has the answer that carries this tag. Weak tags
// are compared as strong ones are: ours change with every byte.
func (p precondition) met(etag string) bool {
	return etag != "" && (p.any || slices.Contains(p.tags, strings.Trim(etag, `"`)))
}

// sayTagged answers with a tag that changes whenever the body does, be it by
// what other streams add to it.
func sayTagged(s sight) (answer, error) { return sayUnder(plain(s.version), s.body) }

// sayList answers with a page. It is of no one version, so its tag begins with
// a word, and as If-Match it matches nothing.
func sayList(v any) (answer, error) { return sayUnder("list", v) }

func sayUnder(prefix string, v any) (answer, error) {
	got, err := say(http.StatusOK, "", v)
	got.etag, got.cache = digestTag(prefix, got.body), cacheRevalidate
	return got, err
}

func digestTag(prefix string, body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + prefix + "." + base64.RawURLEncoding.EncodeToString(sum[:9]) + `"`
}
