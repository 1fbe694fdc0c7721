package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// A request is what is sent. Its body is application/json unless a header says
// otherwise.
type request struct {
	method, target string
	headers        []string // "Name: value"; a name alone: not at all
	body           string
	raw            bool // goes over the wire as it is, past net/http
	late           bool // may be answered 503
}

func get(target string) request { return request{method: http.MethodGet, target: target} }
func del(target string) request { return request{method: http.MethodDelete, target: target} }
func post(target, body string) request {
	return request{method: http.MethodPost, target: target, body: body}
}

func put(target, body string) request {
	return request{method: http.MethodPut, target: target, body: body}
}

// with returns the request with more headers.
func (r request) with(headers ...string) request {
	r.headers = slices.Concat(r.headers, headers)
	return r
}

// key returns the request under an Idempotency-Key.
func (r request) key(key string) request { return r.with("Idempotency-Key: " + key) }

// ifMatch returns the request with an If-Match.
func (r request) ifMatch(tag string) request { return r.with("If-Match: " + tag) }

// verbatim returns the request past net/http.
func (r request) verbatim() request {
	r.raw = true
	return r
}

// lines returns the headers to be sent.
func (r request) lines() []string {
	var lines []string
	typed := r.body == ""
	for _, line := range r.headers {
		name, _, valued := strings.Cut(line, ":")
		typed = typed || strings.EqualFold(name, "Content-Type")
		if valued {
			lines = append(lines, line)
		}
	}
	if !typed {
		lines = append(lines, "Content-Type: application/json")
	}
	return lines
}

// values returns the values of a header that is sent.
func (r request) values(name string) []string {
	var values []string
	for _, line := range r.headers {
		if n, value, ok := strings.Cut(line, ": "); ok && strings.EqualFold(n, name) {
			values = append(values, value)
		}
	}
	return values
}

// String says what was sent, in one line.
func (r request) String() string {
	parts := []string{r.method + " " + shown(r.target)}
	for _, line := range r.headers {
		parts = append(parts, shown(line))
	}
	if r.body != "" {
		parts = append(parts, shown(r.body))
	}
	return strings.Join(parts, " · ")
}

// An answer is what came, whole.
type answer struct {
	request request
	status  int
	header  http.Header
	body    string
}

// String says what came, in one line.
func (a answer) String() string {
	parts := []string{strconv.Itoa(a.status)}
	for _, name := range []string{"Content-Type", "ETag", "Location", "Allow", "Retry-After", "Correlation-Id"} {
		if value := a.header.Get(name); value != "" {
			parts = append(parts, name+": "+shown(value))
		}
	}
	return strings.Join(append(parts, shown(a.body)), " · ")
}

func (a answer) is(statuses ...int) bool { return slices.Contains(statuses, a.status) }
func (a answer) etag() string            { return a.header.Get("ETag") }

// json returns the body as a value, nil if it is not JSON.
func (a answer) json() any {
	v, _ := parse(a.body)
	return v
}

// at returns what stands at the pointer in the body, nil if nothing does.
func (a answer) at(pointer string) any { return lookup(a.json(), pointer) }

// text returns the text at the pointer, empty if there is none.
func (a answer) text(pointer string) string {
	s, _ := a.at(pointer).(string)
	return s
}

// number returns the whole number at the pointer, -1 if there is none.
func (a answer) number(pointer string) int64 {
	n, _ := a.at(pointer).(json.Number)
	if i, err := n.Int64(); err == nil {
		return i
	}
	return -1
}

// items returns the items of a list, or of an order; nil if there are none.
func (a answer) items() []any {
	items, _ := a.at("/items").([]any)
	return items
}

// version returns the version that the answer is of.
func (a answer) version() int64 { return a.number("/version") }

// shown makes a text fit for one line of the report.
func shown(text string) string {
	const most = 400
	cut := text[:min(most, len(text))]
	quoted := strconv.Quote(cut) // so that nothing in it breaks the line
	quoted = strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
	if more := len(text) - len(cut); more > 0 {
		return fmt.Sprintf("%s… (%d bytes more)", quoted, more)
	}
	return quoted
}

func anyOf(statuses []int) string {
	var all []string
	for _, s := range statuses {
		all = append(all, strconv.Itoa(s))
	}
	return strings.Join(all, " or ")
}
