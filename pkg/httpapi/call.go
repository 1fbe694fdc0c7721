package httpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// A call is one request to one route.
type call struct {
	w           http.ResponseWriter
	r           *http.Request
	route       route
	ids         map[string]string // from the path
	query       query
	correlation string
	tenant      string
	actor       string
}

// Client is the actor of a request of which nobody says who sent it.
const Client = "client"

// largestBody is what a body may have, in bytes.
const largestBody = 64 << 10

// read reads what a write is made of: its headers first, then its body by the
// rule, and returns under which id the core is to be asked. A write without a
// rule takes no body, or {}.
func (c *call) read(r rule) (command.Request, error) {
	request := command.Request{Correlation: c.correlation, Actor: c.actor}
	var err error
	if request.Key, err = keyOf(c.r.Header); err != nil {
		return command.Request{}, err
	}
	if request.IfMatch, err = ifMatchOf(c.r.Header); err != nil {
		return command.Request{}, err
	}
	body, err := c.body(r == nil)
	if err != nil {
		return command.Request{}, err
	}
	if r == nil {
		r = object()
	}
	if err := decode(body, r); err != nil {
		return command.Request{}, err
	}
	if request.Key != "" {
		request.Causation = request.Key
		request.Fingerprint, err = c.fingerprint(body)
	}
	return request, err
}

// keyOf returns the Idempotency-Key, empty if there is none.
func keyOf(h http.Header) (string, error) {
	given := h.Values("Idempotency-Key")
	switch {
	case len(given) == 0:
		return "", nil
	case len(given) == 1 && printable(given[0], ' ', 255):
		return given[0], nil
	default:
		return "", badHeader("Idempotency-Key: one of 1 to 255 printable ASCII characters")
	}
}

// ifMatchOf returns the version in If-Match: our tags are a version, and maybe a
// dot and a digest. A tag that was never given out is
// a version that no stream reaches, so that it matches nothing.
func ifMatchOf(h http.Header) (*eventstore.Version, error) {
	given := h.Values("If-Match")
	if len(given) == 0 {
		return nil, nil
	}
	if len(given) > 1 || !strong(given[0]) {
		return nil, badHeader(`If-Match: one strong tag, such as "3"`)
	}
	version := eventstore.Latest
	ours, _, _ := strings.Cut(strings.Trim(given[0], `"`), ".")
	if n, ok := parsePlain(ours); ok {
		version = eventstore.Version(n)
	}
	return &version, nil
}

// strong reports whether tag is a strong entity tag; see RFC 9110, 8.8.3.
func strong(tag string) bool {
	inner, opened := strings.CutPrefix(tag, `"`)
	inner, closed := strings.CutSuffix(inner, `"`)
	return opened && closed && !strings.ContainsFunc(inner, func(c rune) bool {
		return c <= ' ' || c == '"' || c == 0x7f
	})
}

// body returns the body, {} for none where that may be.
func (c *call) body(maybe bool) (jsontext.Value, error) {
	types := c.r.Header.Values("Content-Type")
	untyped := len(types) == 0
	if untyped && !maybe || len(types) > 1 || !untyped && !isJSON(types[0]) || c.r.Header.Get("Content-Encoding") != "" {
		return nil, unsupported()
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, largestBody))
	_, large := errors.AsType[*http.MaxBytesError](err)
	switch {
	case maybe && len(body) == 0 && err == nil:
		return jsontext.Value("{}"), nil
	case untyped:
		return nil, unsupported()
	case large:
		return nil, problem(http.StatusRequestEntityTooLarge, "body.too_large", "the body has more than %d bytes", largestBody)
	case err != nil:
		return nil, problem(http.StatusBadRequest, "body.malformed", "the body ends before all of it has come")
	default:
		return body, nil
	}
}

func isJSON(contentType string) bool {
	media, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || media != "application/json" {
		return false
	}
	for name, value := range parameters {
		if name != "charset" || !strings.EqualFold(value, "utf-8") {
			return false
		}
	}
	return true
}

func unsupported() error {
	return problem(http.StatusUnsupportedMediaType, "content.unsupported", "the body must be application/json in UTF-8, not encoded further")
}

// fingerprint returns the hash by which the request is known again: of who asks
// for what. It is never of the command, which holds a clock.
func (c *call) fingerprint(body jsontext.Value) (string, error) {
	if err := body.Canonicalize(); err != nil {
		return "", err
	}
	path := c.route.pattern
	for name, id := range c.ids {
		path = strings.Replace(path, "{"+name+"}", id, 1)
	}
	var request []byte
	var err error
	before := byte('[')
	for _, text := range []string{c.tenant, c.actor, c.r.Method, path, string(body)} {
		if request, err = jsontext.AppendQuote(append(request, before), text); err != nil {
			return "", err
		}
		before = ','
	}
	sum := sha256.Sum256(append(request, ']'))
	return base64.RawURLEncoding.EncodeToString(sum[:16]), nil
}
