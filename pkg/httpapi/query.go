package httpapi

import (
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

const (
	defaultLimit = 50
	largestLimit = 100
)

// query holds the parameters that were given, each once.
type query map[string]string

// parseQuery is a 400 for a query that does not parse, and for a parameter that
// is not known here or is repeated.
func parseQuery(raw string, known []string) (query, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, badQuery("the query does not parse")
	}
	q := make(query, len(values))
	for name, given := range values {
		if !slices.Contains(known, name) {
			return nil, badQuery("%.50q: there is no such parameter here", name)
		}
		if len(given) > 1 {
			return nil, badQuery("%s: given more than once", name)
		}
		q[name] = given[0]
	}
	return q, nil
}

// limit returns how many items are asked for.
func (q query) limit() (int, error) {
	text, given := q["limit"]
	if !given {
		return defaultLimit, nil
	}
	n, ok := parsePlain(text)
	if !ok || n < 1 || n > largestLimit {
		return 0, badQuery("limit: a whole number from 1 to %d", largestLimit)
	}
	return int(n), nil
}

// minVersion returns the version to wait for, 0 if none is asked for.
func (q query) minVersion() (int64, error) {
	text, given := q["min_version"]
	if !given {
		return 0, nil
	}
	n, ok := parsePlain(text)
	if !ok || n < 1 {
		return 0, badQuery("min_version: a whole number, 1 or more")
	}
	return n, nil
}

// parsePlain reads plain digits; a number that is too large to count is the
// largest.
func parsePlain(text string) (n int64, ok bool) {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return 0, false
		}
	}
	if text == "" || text[0] == '0' && len(text) > 1 {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return math.MaxInt64, true
	}
	return n, true
}

func plain[T ~int | ~int64 | ~uint64](n T) string { return strconv.FormatUint(uint64(n), 10) }

func badQuery(format string, args ...any) error {
	return problem(http.StatusBadRequest, "query.invalid", format, args...)
}
