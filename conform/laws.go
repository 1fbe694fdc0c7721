package main

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// A law is a sentence that holds for every answer. A broken one says what was
// expected.
type law struct {
	sentence string
	broken   func(answer) string
}

func laws() []law {
	return []law{
		{"Nothing is answered 5xx, but for a read that waited in vain: 503 with Retry-After.", func(a answer) string {
			late := a.status == http.StatusServiceUnavailable && a.request.late && a.header.Get("Retry-After") != ""
			return unless(a.status < 500 || late, "no 5xx")
		}},
		{"The API never redirects.", func(a answer) string {
			return unless(a.status < 300 || a.status >= 400 || a.status == http.StatusNotModified, "no 3xx but 304")
		}},
		{"Every error is application/problem+json with type, title, status, detail and code.", problemLaw},
		{"A field of a problem is a JSON pointer.", func(a answer) string {
			field, there := a.at("/field").(string)
			return unless(a.status < 400 || !there && a.at("/field") == nil || pointer.MatchString(field), "a JSON pointer (RFC 6901) as field")
		}},
		{"Every other answer is application/json in UTF-8.", func(a answer) string {
			media, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
			return unless(a.status >= 300 || media == "application/json" && utf8.ValidString(a.body) && (bodyless(a) || a.json() != nil), "application/json")
		}},
		{"A 405 has Allow.", func(a answer) string {
			return unless(a.status != http.StatusMethodNotAllowed || a.header.Get("Allow") != "", "Allow")
		}},
		{"A 304 answers an If-None-Match, with the tag and without a body.", func(a answer) string {
			return unless(a.status != http.StatusNotModified || a.request.values("If-None-Match") != nil && a.etag() != "" && a.body == "", "a 304 as it was asked for")
		}},
		{"Cache-Control: reads of things and lists private, no-cache; the description an age; all else no-store.", func(a answer) string {
			want := cacheOf(a)
			return unless(a.header.Get("Cache-Control") == want, "Cache-Control: "+want)
		}},
		{"X-Content-Type-Options is nosniff.", func(a answer) string {
			return unless(a.header.Get("X-Content-Type-Options") == "nosniff", "X-Content-Type-Options: nosniff")
		}},
		{"There is no permissive CORS.", func(a answer) string {
			return unless(a.header.Get("Access-Control-Allow-Origin") == "", "no Access-Control-Allow-Origin")
		}},
		{"A Correlation-Id is there.", func(a answer) string {
			return unless(a.header.Get("Correlation-Id") != "", "Correlation-Id")
		}},
		{"Field names are camelCase.", inJSON("camelCase names", func(o map[string]any) bool {
			for name := range o {
				if !camelCase.MatchString(name) {
					return false
				}
			}
			return true
		})},
		{"Money is {amount, currency}: whole minor units and a code of three letters.", inJSON("money as {amount, currency}", func(o map[string]any) bool {
			for _, name := range []string{"total", "unitPrice", "captured", "refunded"} {
				if v, there := o[name]; there && !isMoney(v) {
					return false
				}
			}
			return true
		})},
		{"Times are RFC 3339 in UTC, null until they come.", inJSON("times in RFC 3339, UTC, or null", func(o map[string]any) bool {
			for name, v := range o {
				if (name == "at" || strings.HasSuffix(name, "At")) && v != nil && !isTime(v) {
					return false
				}
			}
			return true
		})},
		{"Lists are [], never null.", inJSON("a list", func(o map[string]any) bool {
			for _, name := range []string{"items", "steps"} {
				if v, there := o[name]; there {
					if _, ok := v.([]any); !ok {
						return false
					}
				}
			}
			return true
		})},
		{"A fulfilment is {status, steps: [{name, status, attempts, startedAt, endedAt, error}]}, in a list with {id, submittedAt, version}, an error null or {code, detail}.", inJSON("a fulfilment with steps, each whole", func(o map[string]any) bool {
			_, there := o["steps"]
			return !there || isFulfilment(o)
		})},
	}
}

var (
	pointer   = regexp.MustCompile(`^(/([^~/]|~[01])*)*$`)
	camelCase = regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`)
	currency  = regexp.MustCompile(`^[A-Z]{3}$`)
)

func unless(ok bool, expected string) string {
	if ok {
		return ""
	}
	return expected
}

// inJSON makes a law of all objects in answers but problems and the API's own
// description.
func inJSON(expected string, holds func(map[string]any) bool) func(answer) string {
	return func(a answer) string {
		ok := true
		if a.status < 300 && a.request.target != "/openapi.json" {
			objects(a.json(), func(o map[string]any) { ok = ok && holds(o) })
		}
		return unless(ok, expected)
	}
}

func problemLaw(a answer) string {
	if a.status < 400 {
		return ""
	}
	whole := a.header.Get("Content-Type") == "application/problem+json"
	if !bodyless(a) {
		for _, name := range []string{"/type", "/title", "/detail", "/code"} {
			whole = whole && a.text(name) != ""
		}
		whole = whole && a.number("/status") == int64(a.status)
	}
	return unless(whole, "application/problem+json with type, title, status, detail and code")
}

func bodyless(a answer) bool { return a.request.method == http.MethodHead }

func isMoney(v any) bool {
	m, _ := v.(map[string]any)
	code, _ := m["currency"].(string)
	a := answer{body: canonical(v)}
	return len(m) == 2 && a.number("/amount") >= 0 && currency.MatchString(code)
}

func isTime(v any) bool {
	text, _ := v.(string)
	_, err := time.Parse(time.RFC3339Nano, text)
	return err == nil && strings.HasSuffix(text, "Z")
}

// A ledger holds every answer of a run against the laws.
type ledger struct {
	mu    sync.Mutex
	count int
	laws  []verdict
}

type verdict struct {
	law
	failures []failure
}

func newLedger() *ledger {
	l := new(ledger)
	for _, law := range laws() {
		l.laws = append(l.laws, verdict{law: law})
	}
	return l
}

func (l *ledger) observe(a answer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count++
	for i := range l.laws {
		if expected := l.laws[i].broken(a); expected != "" {
			l.laws[i].failures = append(l.laws[i].failures, failure{a.request.String(), expected, a.String()})
		}
	}
}

func (l *ledger) verdicts() (count int, all []verdict) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count, slices.Clone(l.laws)
}
